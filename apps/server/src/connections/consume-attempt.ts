import { and, eq, getTableColumns, gt, isNotNull, isNull, type SQL } from "drizzle-orm";
import { acrossTenants, oauthAttempts } from "../db/index.ts";
import { hashSecret } from "../platform/index.ts";
import type { AttemptRow, TakenAttempt } from "./attempt.ts";
import type { Finisher } from "./attempt-finisher.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import { whyNotConsumed } from "./why-not-consumed.ts";

interface AttemptName {
  readonly provider: string;
  readonly state: string;
}

type AttemptParts = Pick<ConnectionParts, "db" | "clock">;

/**
 * Takes an attempt, once. One statement decides, and it names state, provider and finisher, so that a stranger can
 * neither finish an attempt nor spoil it. The same statement destroys the PKCE verifier in the row and hands it out.
 * @returns null when there is none that this finisher could take
 */
export async function takeAttempt(
  parts: AttemptParts,
  wanted: AttemptName & { readonly finisher: Finisher },
): Promise<TakenAttempt | null> {
  const now = new Date(parts.clock.now());
  // An update returns what it wrote (until PostgreSQL 18); the lock makes whoever comes second see that it was taken.
  const held = parts.db
    .select({ id: oauthAttempts.id, verifier: oauthAttempts.verifierSealed })
    .from(oauthAttempts)
    .where(
      and(
        isNamed(wanted),
        isNull(oauthAttempts.consumedAt),
        gt(oauthAttempts.expiresAt, now),
        isNotNull(oauthAttempts.verifierSealed),
        ...conditionsOf(wanted.finisher),
      ),
    )
    .for("update")
    .as("held");
  const [taken] = await parts.db
    .update(oauthAttempts)
    .set({ consumedAt: now, verifierSealed: null })
    .from(held)
    .where(and(acrossTenants("attemptByState"), eq(oauthAttempts.id, held.id)))
    .returning({ ...getTableColumns(oauthAttempts), verifierSealed: held.verifier });
  if (taken === undefined || taken.verifierSealed === null) return null;
  return { ...taken, verifierSealed: taken.verifierSealed };
}

/** The attempt of this state, whoever asks and whatever became of it. */
export async function findAttempt(parts: AttemptParts, wanted: AttemptName): Promise<AttemptRow | null> {
  return (await parts.db.query.oauthAttempts.findFirst({ where: isNamed(wanted) })) ?? null;
}

/**
 * Takes an attempt, as {@link takeAttempt}.
 * @throws {DrivewayError} `invalid_state`, `state_used`, `state_expired`, `forbidden`, `redirect_uri_mismatch`,
 *   `invalid_attempt_secret`
 */
export async function consumeAttempt(
  parts: AttemptParts,
  wanted: AttemptName & { readonly finisher: Exclude<Finisher, { kind: "browser" }> },
): Promise<TakenAttempt> {
  const taken = await takeAttempt(parts, wanted);
  if (taken !== null) return taken;
  throw whyNotConsumed(await findAttempt(parts, wanted), wanted.finisher, parts.clock.now());
}

function isNamed({ provider, state }: AttemptName): SQL | undefined {
  return and(
    acrossTenants("attemptByState"),
    eq(oauthAttempts.stateSha256, hashSecret(state)),
    eq(oauthAttempts.provider, provider),
  );
}

function conditionsOf(finisher: Finisher): SQL[] {
  switch (finisher.kind) {
    case "browser": {
      // No browser id matches nothing: the empty text was never handed out.
      const browserSha256 = hashSecret(finisher.browserId ?? "");
      return [isNotNull(oauthAttempts.returnOrigin), eq(oauthAttempts.browserSha256, browserSha256)];
    }
    case "opener":
      return [
        isNotNull(oauthAttempts.returnOrigin),
        eq(oauthAttempts.secretSha256, hashSecret(finisher.secret)),
      ];
    case "principal": {
      const { tenantId, userId } = finisher.principal;
      const own = [eq(oauthAttempts.tenantId, tenantId), eq(oauthAttempts.userId, userId)];
      return finisher.redirectUri === null
        ? own
        : [...own, eq(oauthAttempts.redirectUri, finisher.redirectUri)];
    }
  }
}
