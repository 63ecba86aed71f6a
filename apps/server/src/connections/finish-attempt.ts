import { and, eq, isNull } from "drizzle-orm";
import { oauthAttempts } from "../db/index.ts";
import type { DriveProvider } from "../drives/index.ts";
import { DriveError } from "../drives/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import { type AttemptOutcome, type AttemptRow, verifierPlace } from "./attempt.ts";
import type { Connection } from "./connection.ts";
import { type ConnectionParts, requireProvider } from "./connection-parts.ts";
import { consumeAttempt } from "./consume-attempt.ts";
import { saveConnection } from "./save-connection.ts";
import { asDrivewayErrors, toDrivewayError } from "./to-driveway-error.ts";

const LONGEST_MESSAGE = 300;

/** What the provider added to the callback's address. */
export interface BrowserCallback {
  readonly provider: string;
  readonly state: string | null;
  readonly code: string | null;
  readonly error: string | null;
  readonly errorDescription: string | null;
  readonly issuer: string | null;
  /** From the browser's cookie. */
  readonly browserId: string | null;
}

/** How an attempt ended and which page began it. */
export interface FinishedAttempt {
  readonly returnOrigin: string;
  readonly outcome: AttemptOutcome;
}

/**
 * Finishes an attempt in the browser that began it. A refusal of the user is an outcome, as is everything that goes
 * wrong once the attempt is taken; before that nothing is taken and an error is thrown.
 * @throws {DrivewayError} `unknown_provider`, `invalid_state`, `invalid_code`, `issuer_mismatch`, `state_used`,
 *   `state_expired`
 */
export async function finishInBrowser(
  parts: ConnectionParts,
  callback: BrowserCallback,
): Promise<FinishedAttempt> {
  const provider = requireProvider(parts, callback.provider);
  const { state, code, error } = callback;
  if (state === null) throw new DrivewayError("invalid_state", "The address lacks the state of a sign-in.");
  if (code === null && error === null) {
    throw new DrivewayError("invalid_code", "The address lacks the code of a sign-in.");
  }
  await requireIssuer(provider, callback.issuer);
  const attempt = await consumeAttempt(parts, {
    provider: provider.id,
    state,
    finisher: { kind: "browser", browserId: callback.browserId },
  });
  const returnOrigin = attempt.returnOrigin ?? "";
  if (error !== null || code === null) {
    const outcome = {
      succeeded: false,
      error: refusalMessage(error ?? "", callback.errorDescription),
    } as const;
    await saveOutcome(parts, attempt, outcome);
    return { returnOrigin, outcome };
  }
  try {
    const { connection } = await complete(parts, provider, attempt, code);
    return { returnOrigin, outcome: successOutcome(connection) };
  } catch (failure) {
    if (!(failure instanceof DrivewayError)) parts.log.error({ err: failure }, "an OAuth attempt failed");
    return { returnOrigin, outcome: failedOutcome(failure) };
  }
}

/**
 * Finishes an attempt for the application that began it.
 * @param wanted.redirectUri compared with the attempt's when it is given
 * @throws {DrivewayError} what {@link consumeAttempt} throws, `unknown_provider`, `invalid_code`, `scope_not_granted`, and what a
 *   provider that does not answer is called
 */
export async function finishForPrincipal(
  parts: ConnectionParts,
  wanted: {
    readonly principal: Principal;
    readonly provider: string;
    readonly state: string;
    readonly code: string;
    readonly redirectUri: string | null;
  },
): Promise<{ connection: Connection; isNew: boolean }> {
  const provider = requireProvider(parts, wanted.provider);
  const { principal, redirectUri } = wanted;
  const attempt = await consumeAttempt(parts, {
    provider: provider.id,
    state: wanted.state,
    finisher: { kind: "principal", principal, redirectUri },
  });
  return await complete(parts, provider, attempt, wanted.code);
}

/** `iss` guards against mix-up of authorization servers (RFC 9207 section 2.4); it is compared when it is sent. */
async function requireIssuer(provider: DriveProvider, issuer: string | null): Promise<void> {
  if (issuer === null || issuer === (await asDrivewayErrors(() => provider.oauth.issuer()))) return;
  throw new DrivewayError(
    "issuer_mismatch",
    "The answer came from another service than the one that was asked.",
  );
}

/** Exchanges the code and keeps what came of it; a failure is kept as the attempt's outcome and thrown. */
async function complete(parts: ConnectionParts, provider: DriveProvider, attempt: AttemptRow, code: string) {
  try {
    const grant = await exchange(parts, provider, attempt, code);
    if (!provider.oauth.coversDriveScopes(grant.tokens.grantedScopes)) {
      throw new DrivewayError("scope_not_granted", "Drive access was not granted.");
    }
    return await parts.db.transaction(async (tx) => {
      const saved = await saveConnection(tx, parts, { attempt, ...grant });
      await saveOutcome({ ...parts, db: tx }, attempt, successOutcome(saved.connection));
      return saved;
    });
  } catch (failure) {
    await saveOutcome(parts, attempt, failedOutcome(failure));
    throw failure;
  }
}

async function exchange(parts: ConnectionParts, provider: DriveProvider, attempt: AttemptRow, code: string) {
  const codeVerifier = parts.keyring.open(attempt.verifierSealed, verifierPlace(attempt));
  try {
    return await provider.oauth.exchangeCode({ code, codeVerifier, redirectUri: attempt.redirectUri });
  } catch (cause) {
    if (!(cause instanceof DriveError)) throw cause;
    if (cause.kind === "sign_in_again") {
      throw new DrivewayError("invalid_code", "The provider does not accept the code.", { cause });
    }
    if (cause.kind === "refused") {
      const details = { provider_reason: cause.reason };
      throw new DrivewayError("provider_failed", cause.message, { details, cause });
    }
    throw toDrivewayError(cause);
  }
}

/** The first outcome stays: a success whose commit was not heard of is not made a failure. */
async function saveOutcome(
  parts: { readonly db: Pick<ConnectionParts["db"], "update"> },
  attempt: AttemptRow,
  outcome: AttemptOutcome,
): Promise<void> {
  await parts.db
    .update(oauthAttempts)
    .set({ outcome })
    .where(
      and(
        eq(oauthAttempts.tenantId, attempt.tenantId),
        eq(oauthAttempts.id, attempt.id),
        isNull(oauthAttempts.outcome),
      ),
    );
}

function successOutcome(connection: Connection): AttemptOutcome {
  return {
    succeeded: true,
    connection: {
      id: connection.id,
      provider: connection.provider,
      providerEmail: connection.providerEmail,
      providerUserId: connection.providerUserId,
      displayName: connection.providerDisplayName,
    },
  };
}

function failedOutcome(failure: unknown): AttemptOutcome {
  const known = failure instanceof DrivewayError;
  return { succeeded: false, error: known ? failure.message : "Something went wrong. Please try again." };
}

/** Providers explain themselves in a parameter that anybody can write, so it is text and never markup, and short. */
function refusalMessage(error: string, description: string | null): string {
  if (error === "access_denied") return "User denied access";
  return (description ?? error).replace(/\p{Cc}/gu, " ").slice(0, LONGEST_MESSAGE);
}
