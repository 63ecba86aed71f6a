import { DriveError } from "../drive.ts";
import type { AccountParts } from "./account-parts.ts";
import type { Turn, WaitingCall } from "./waiting-calls.ts";

/** Somebody who waits for the answer is told to come back rather than kept longer. */
export const INTERACTIVE_WAIT_MS = 5_000;
/** Background work that would wait longer gives its place to others meanwhile. */
const BACKGROUND_WAIT_MS = 120_000;

/** Why a call does not even begin to wait when nothing goes for so long; null when it does. */
export function faultOfWait(turn: Turn, waitMs: number): DriveError | null {
  if (turn === "interactive") return waitMs > INTERACTIVE_WAIT_MS ? tooSlow(waitMs, null) : null;
  return waitMs > BACKGROUND_WAIT_MS ? tooSlow(waitMs, waitMs) : null;
}

export function tooSlow(retryAfterMs: number, pauseMs: number | null): DriveError {
  const message = "The provider asks for a slower pace. Try again in a moment.";
  const facts = { reason: "pace", retryAfterMs: Math.ceil(retryAfterMs), pauseMs, rateLimited: true };
  return new DriveError("try_later", message, facts);
}

/** Ends a call's wait with an error; nothing when it is over. */
export function refuseCall({ waiting }: AccountParts, call: WaitingCall, error: unknown): void {
  if (call.isOver) return;
  waiting.drop(call);
  call.refuse(error);
}

/** Tells those who would wait for too long, now that it is known for how long. */
export function refuseLongWaits(parts: AccountParts): void {
  const { waiting, pace, uploads } = parts;
  const nowMs = parts.timers.now();
  const waitMs = pace.blockedUntilMs - nowMs;
  const closed = uploads.fault(nowMs);
  if (waitMs <= INTERACTIVE_WAIT_MS && closed === null) return;
  for (const call of waiting.all()) {
    const fault = (call.isUpload ? closed : null) ?? faultOfWait(call.turn, waitMs);
    if (fault !== null) refuseCall(parts, call, fault);
  }
}
