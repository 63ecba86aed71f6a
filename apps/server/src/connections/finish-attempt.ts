import type { DriveProvider } from "../drives/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError, type ErrorCode } from "../platform/index.ts";
import type { AttemptOutcome, TakenAttempt } from "./attempt.ts";
import { completeAttempt } from "./complete-attempt.ts";
import type { Connection } from "./connection.ts";
import { type ConnectionParts, requireProvider } from "./connection-parts.ts";
import { consumeAttempt, findAttempt, takeAttempt } from "./consume-attempt.ts";
import { type Ending, failedOutcome, settleFailed, successOutcome } from "./settle-attempt.ts";
import { asDrivewayErrors } from "./to-driveway-error.ts";
import { whyNotAsked } from "./why-not-consumed.ts";

const LONGEST_MESSAGE = 300;
/** What providers answer when the fault is theirs (RFC 6749 section 4.1.2.1); every other refusal is somebody's decision. */
const PROVIDER_FAULTS: ReadonlySet<string> = new Set(["server_error", "temporarily_unavailable"]);

/** What the provider added to the callback's address, and the request that brings it. */
export interface ProviderAnswer {
  readonly provider: string;
  readonly state: string | null;
  readonly code: string | null;
  readonly error: string | null;
  readonly errorDescription: string | null;
  readonly issuer: string | null;
  readonly client: { readonly address: string; readonly requestId: string };
}

/**
 * What became of an attempt at the callback page. `secret_needed`: this browser has no cookie of the attempt's, and nothing
 * was taken; the page at the return origin can show that it began it.
 */
export type BrowserEnd =
  | {
      readonly kind: "ended";
      readonly outcome: AttemptOutcome;
      readonly returnOrigin: string;
      readonly returnUrl: string | null;
    }
  | { readonly kind: "secret_needed"; readonly returnOrigin: string };

/**
 * Finishes an attempt in the browser that began it. A refusal of the user is an outcome, as is everything that goes
 * wrong once the attempt is taken; before that nothing is taken and an error is thrown.
 * @param callback.browserId from the browser's cookie
 * @throws {DrivewayError} `unknown_provider`, `invalid_state`, `invalid_code`, `issuer_mismatch`, `state_used`,
 *   `state_expired`
 */
export async function finishInBrowser(
  parts: ConnectionParts,
  callback: ProviderAnswer & { readonly browserId: string | null },
): Promise<BrowserEnd> {
  const { provider, state } = await requireAnswer(parts, callback);
  const name = { provider: provider.id, state };
  const finisher = { kind: "browser", browserId: callback.browserId } as const;
  const attempt = await takeAttempt(parts, { ...name, finisher });
  if (attempt === null) {
    const found = await findAttempt(parts, name);
    const refusal = whyNotAsked(found, parts.clock.now());
    if (refusal !== null) throw refusal;
    return { kind: "secret_needed", returnOrigin: found?.returnOrigin ?? "" };
  }
  const outcome = await endForPage(parts, provider, attempt, callback);
  return {
    kind: "ended",
    outcome,
    returnOrigin: attempt.returnOrigin ?? "",
    returnUrl: attempt.returnUrl,
  };
}

/**
 * Finishes an attempt for the page that began it, whose secret the callback page was given. Outcomes and errors are as in
 * {@link finishInBrowser}; a wrong secret takes nothing.
 * @throws {DrivewayError} besides those, `invalid_attempt_secret`
 */
export async function finishInPopup(
  parts: ConnectionParts,
  callback: ProviderAnswer & { readonly attemptSecret: string },
): Promise<AttemptOutcome> {
  const { provider, state } = await requireAnswer(parts, callback);
  const finisher = { kind: "opener", secret: callback.attemptSecret } as const;
  const attempt = await consumeAttempt(parts, { provider: provider.id, state, finisher });
  return await endForPage(parts, provider, attempt, callback);
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
  return await completeAttempt(parts, provider, { attempt, actor: principal }, wanted.code);
}

/** What must be right before an attempt is touched. */
async function requireAnswer(
  parts: ConnectionParts,
  answer: ProviderAnswer,
): Promise<{ provider: DriveProvider; state: string }> {
  const provider = requireProvider(parts, answer.provider);
  if (answer.state === null) {
    throw new DrivewayError("invalid_state", "The address lacks the state of a sign-in.");
  }
  if (answer.code === null && answer.error === null) {
    throw new DrivewayError("invalid_code", "The address lacks the code of a sign-in.");
  }
  await requireIssuer(provider, answer.issuer);
  return { provider, state: answer.state };
}

/** `iss` guards against mix-up of authorization servers (RFC 9207 section 2.4); it is compared when it is sent. */
async function requireIssuer(provider: DriveProvider, issuer: string | null): Promise<void> {
  if (issuer === null || issuer === (await asDrivewayErrors(() => provider.oauth.issuer()))) return;
  throw new DrivewayError(
    "issuer_mismatch",
    "The answer came from another service than the one that was asked.",
  );
}

async function endForPage(
  parts: ConnectionParts,
  provider: DriveProvider,
  attempt: TakenAttempt,
  answer: ProviderAnswer,
): Promise<AttemptOutcome> {
  const actor = { kind: attempt.principalKind, userId: attempt.userId, client: answer.client };
  const ending: Ending = { attempt, actor };
  if (answer.error !== null || answer.code === null) {
    const outcome = refusal(answer.error ?? "", answer.errorDescription);
    await settleFailed(parts, ending, outcome);
    return outcome;
  }
  try {
    return successOutcome((await completeAttempt(parts, provider, ending, answer.code)).connection);
  } catch (failure) {
    if (!(failure instanceof DrivewayError)) parts.log.error({ err: failure }, "an OAuth attempt failed");
    return failedOutcome(failure);
  }
}

/** Providers explain themselves in a parameter that anybody can write, so it is text and never markup, and short. */
function refusal(error: string, description: string | null) {
  const code: ErrorCode = PROVIDER_FAULTS.has(error) ? "provider_failed" : "access_denied";
  const told = (description ?? error)
    .replace(/\p{Cc}/gu, " ")
    .slice(0, LONGEST_MESSAGE)
    .toWellFormed();
  return { succeeded: false, error: error === "access_denied" ? "User denied access" : told, code } as const;
}
