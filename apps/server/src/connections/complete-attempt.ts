import { and, eq } from "drizzle-orm";
import { spentCodes } from "../db/index.ts";
import {
  DriveError,
  type DriveProvider,
  type ProviderIdentity,
  type ProviderTokens,
} from "../drives/index.ts";
import { DrivewayError, hashSecret, UnsealError } from "../platform/index.ts";
import { type TakenAttempt, verifierPlace } from "./attempt.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import { revokeUnheldGrant } from "./revoke-unheld-grant.ts";
import { saveConnection } from "./save-connection.ts";
import { type Ending, failedOutcome, settleFailed, settleSucceeded } from "./settle-attempt.ts";
import { toDrivewayError } from "./to-driveway-error.ts";

interface Grant {
  readonly identity: ProviderIdentity;
  readonly tokens: ProviderTokens;
}

/**
 * Exchanges the code of a taken attempt and keeps what came of it. A failure is kept as the attempt's outcome and thrown;
 * tokens that came before it are revoked.
 * @throws {DrivewayError} `account_being_disconnected`, `invalid_code`, `scope_not_granted`, `sealing_key_missing`, and what a provider that does not answer is called
 */
export async function completeAttempt(
  parts: ConnectionParts,
  provider: DriveProvider,
  ending: Ending,
  code: string,
): Promise<{ connection: Connection; isNew: boolean }> {
  let grant: Grant | null = null;
  try {
    grant = await exchange(parts, provider, ending.attempt, code);
    if (!provider.oauth.coversDriveScopes(grant.tokens.grantedScopes)) {
      throw new DrivewayError("scope_not_granted", "Drive access was not granted.");
    }
    return await keep(parts, ending, grant, code);
  } catch (failure) {
    // Before the outcome is told: whoever hears of it may begin anew, with the same account.
    if (grant !== null) await revokeUnheldGrant(parts, unheld(ending.attempt, grant));
    await settleFailed(parts, ending, failedOutcome(failure));
    throw failure;
  }
}

async function keep(parts: ConnectionParts, ending: Ending, grant: Grant, code: string) {
  const { attempt } = ending;
  return await parts.db.transaction(async (tx) => {
    const saved = await saveConnection(tx, parts, { attempt, ...grant });
    await settleSucceeded(tx, parts, ending, saved);
    const spent = { provider: attempt.provider, codeSha256: hashSecret(code) };
    await tx
      .insert(spentCodes)
      .values({ ...spent, spentAt: new Date(parts.clock.now()) })
      .onConflictDoNothing();
    return saved;
  });
}

async function exchange(
  parts: ConnectionParts,
  provider: DriveProvider,
  attempt: TakenAttempt,
  code: string,
): Promise<Grant> {
  await refuseSpentCode(parts, attempt.provider, code);
  const codeVerifier = openVerifier(parts, attempt);
  try {
    return await provider.oauth.exchangeCode({ code, codeVerifier, redirectUri: attempt.redirectUri });
  } catch (cause) {
    throw cause instanceof DriveError ? exchangeError(cause) : cause;
  }
}

function openVerifier(parts: ConnectionParts, attempt: TakenAttempt): string {
  try {
    return parts.keyring.open(attempt.verifierSealed, verifierPlace(attempt));
  } catch (cause) {
    if (!(cause instanceof UnsealError)) throw cause;
    parts.log.error({ err: cause, keyId: cause.keyId }, "the verifier of an attempt cannot be opened");
    const message = "Driveway cannot finish this sign-in, since a key is missing. Please begin a new one.";
    throw new DrivewayError("sealing_key_missing", message, { cause });
  }
}

/**
 * A code that made a connection is not shown to the provider again: it would end the tokens that it gave for it (RFC 6749
 * section 4.1.2), and so would a stranger who found the code in somebody's history.
 */
async function refuseSpentCode(parts: ConnectionParts, provider: string, code: string): Promise<void> {
  const spent = await parts.db.query.spentCodes.findFirst({
    where: and(eq(spentCodes.provider, provider), eq(spentCodes.codeSha256, hashSecret(code))),
  });
  if (spent !== undefined) throw invalidCode();
}

function exchangeError(cause: DriveError): DrivewayError {
  if (cause.kind === "sign_in_again") return invalidCode(cause);
  if (cause.kind === "refused") {
    const details = { provider_reason: cause.reason };
    return new DrivewayError("provider_failed", cause.message, { details, cause });
  }
  // The code may be spent at the provider though its answer was lost, so there is nothing to try again with it.
  const known = toDrivewayError(cause);
  const message = `${known.message} Nothing was connected; please connect again.`;
  return new DrivewayError(known.code, message, { details: known.details, cause });
}

function invalidCode(cause?: DriveError): DrivewayError {
  return new DrivewayError("invalid_code", "The provider does not accept the code.", { cause });
}

function unheld(attempt: TakenAttempt, { identity, tokens }: Grant) {
  const { oauthClientId, provider } = attempt;
  return {
    account: { oauthClientId, provider, providerUserId: identity.userId },
    token: tokens.refreshToken ?? tokens.accessToken,
  };
}
