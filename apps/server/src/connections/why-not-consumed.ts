import { DrivewayError } from "../platform/index.ts";
import type { AttemptRow } from "./attempt.ts";
import type { Finisher } from "./attempt-finisher.ts";

/** Why an attempt was not there to be taken by this finisher. */
export function whyNotConsumed(
  attempt: AttemptRow | null,
  finisher: Exclude<Finisher, { kind: "browser" }>,
  nowMs: number,
): DrivewayError {
  if (attempt === null) return unknown();
  if (finisher.kind === "principal") {
    const { tenantId, userId } = finisher.principal;
    if (attempt.tenantId !== tenantId) return unknown();
    if (attempt.userId !== userId) {
      return new DrivewayError("forbidden", "This sign-in was begun by somebody else.");
    }
    return (
      whyOver(attempt, nowMs) ??
      new DrivewayError(
        "redirect_uri_mismatch",
        "The redirect URI is not the one that the attempt began with.",
      )
    );
  }
  return whyNoPage(attempt, nowMs) ?? wrongSecret();
}

/**
 * Why a callback page whose browser did not begin the attempt cannot even ask its opener for the secret; null when it can.
 * A state that is right tells no more than whether its attempt is over.
 */
export function whyNotAsked(attempt: AttemptRow | null, nowMs: number): DrivewayError | null {
  return attempt === null ? unknown() : whyNoPage(attempt, nowMs);
}

function whyNoPage(attempt: AttemptRow, nowMs: number): DrivewayError | null {
  if (attempt.returnOrigin === null) {
    return new DrivewayError(
      "invalid_state",
      "This sign-in was begun by an application, which must finish it.",
    );
  }
  const over = whyOver(attempt, nowMs);
  if (over !== null) return over;
  // Attempts of a full-page redirect have no opener that could be asked, nor have those of an earlier version.
  if (attempt.returnUrl !== null || attempt.secretSha256 === null) {
    return new DrivewayError(
      "invalid_state",
      "This sign-in was not begun in this browser. Go back to where you began, and connect again there.",
    );
  }
  return null;
}

function whyOver(attempt: AttemptRow, nowMs: number): DrivewayError | null {
  if (attempt.consumedAt !== null) {
    return new DrivewayError("state_used", "This sign-in has already ended. Begin a new one.");
  }
  if (attempt.expiresAt.getTime() <= nowMs || attempt.verifierSealed === null) {
    return new DrivewayError("state_expired", "This sign-in took longer than ten minutes. Begin a new one.");
  }
  return null;
}

function unknown(): DrivewayError {
  return new DrivewayError("invalid_state", "This sign-in is not known.");
}

function wrongSecret(): DrivewayError {
  return new DrivewayError(
    "invalid_attempt_secret",
    "The page that opened this window did not begin this sign-in.",
  );
}
