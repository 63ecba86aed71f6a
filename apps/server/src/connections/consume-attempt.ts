import { and, eq, gt, isNotNull, isNull, type SQL } from "drizzle-orm";
import { oauthAttempts } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError, hashSecret } from "../platform/index.ts";
import type { AttemptRow } from "./attempt.ts";
import type { ConnectionParts } from "./connection-parts.ts";

/** Who finishes: the browser that began, or the principal that began. */
type Finisher =
  | { readonly kind: "browser"; readonly browserId: string | null }
  | { readonly kind: "principal"; readonly principal: Principal; readonly redirectUri: string | null };

interface Consumption {
  readonly provider: string;
  readonly state: string;
  readonly finisher: Finisher;
}

/**
 * Takes an attempt, once. One statement decides, and it names state, provider and finisher, so that a stranger can
 * neither finish an attempt nor spoil it.
 * @throws {DrivewayError} `invalid_state`, `state_used`, `state_expired`, `forbidden`, `redirect_uri_mismatch`
 */
export async function consumeAttempt(parts: ConnectionParts, wanted: Consumption): Promise<AttemptRow> {
  const now = new Date(parts.clock.now());
  const [consumed] = await parts.db
    .update(oauthAttempts)
    .set({ consumedAt: now })
    .where(
      and(
        eq(oauthAttempts.stateSha256, hashSecret(wanted.state)),
        eq(oauthAttempts.provider, wanted.provider),
        isNull(oauthAttempts.consumedAt),
        gt(oauthAttempts.expiresAt, now),
        ...conditionsOf(wanted.finisher),
      ),
    )
    .returning();
  if (consumed !== undefined) return consumed;
  const found = await parts.db.query.oauthAttempts.findFirst({
    where: and(
      eq(oauthAttempts.stateSha256, hashSecret(wanted.state)),
      eq(oauthAttempts.provider, wanted.provider),
    ),
  });
  throw whyNot(found, wanted.finisher, now);
}

function conditionsOf(finisher: Finisher): SQL[] {
  if (finisher.kind === "browser") {
    // No browser id matches nothing: the empty text was never handed out.
    const browserSha256 = hashSecret(finisher.browserId ?? "");
    return [isNotNull(oauthAttempts.returnOrigin), eq(oauthAttempts.browserSha256, browserSha256)];
  }
  const { tenantId, userId } = finisher.principal;
  const own = [eq(oauthAttempts.tenantId, tenantId), eq(oauthAttempts.userId, userId)];
  return finisher.redirectUri === null ? own : [...own, eq(oauthAttempts.redirectUri, finisher.redirectUri)];
}

function whyNot(attempt: AttemptRow | undefined, finisher: Finisher, now: Date): DrivewayError {
  if (attempt === undefined) return new DrivewayError("invalid_state", "This sign-in is not known.");
  const stranger = whyStranger(attempt, finisher);
  if (stranger !== null) return stranger;
  if (attempt.consumedAt !== null) {
    return new DrivewayError("state_used", "This sign-in has already ended. Begin a new one.");
  }
  if (attempt.expiresAt <= now) {
    return new DrivewayError("state_expired", "This sign-in took longer than ten minutes. Begin a new one.");
  }
  return new DrivewayError(
    "redirect_uri_mismatch",
    "The redirect URI is not the one that the attempt began with.",
  );
}

function whyStranger(attempt: AttemptRow, finisher: Finisher): DrivewayError | null {
  if (finisher.kind === "browser") {
    const same = attempt.browserSha256?.equals(hashSecret(finisher.browserId ?? "")) === true;
    if (same && attempt.returnOrigin !== null) return null;
    return new DrivewayError("invalid_state", "This sign-in was not begun in this browser.");
  }
  const { tenantId, userId } = finisher.principal;
  if (attempt.tenantId !== tenantId) return new DrivewayError("invalid_state", "This sign-in is not known.");
  if (attempt.userId === userId) return null;
  return new DrivewayError("forbidden", "This sign-in was begun by somebody else.");
}
