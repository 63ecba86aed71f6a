import type { AccountParts } from "./account-parts.ts";
import { learnOutcome } from "./learn-outcome.ts";
import type { BreakerEntry } from "./outage-breaker.ts";
import type { Permit } from "./permit.ts";
import { refuseLongWaits } from "./refuse-waits.ts";
import type { Turn, WaitingCall } from "./waiting-calls.ts";

/** The part of the calls at a time that is open to interactive and small work alone. */
const QUICK_EXTRA_PART = 1 / 8;
const BEHIND_INTERACTIVE: readonly Turn[] = ["small", "burst", "bulk"];

/** Calls of a turn that may be under way at once. */
export function placesFor({ pace }: AccountParts, turn: Turn): number {
  const isQuick = turn === "interactive" || turn === "small";
  return pace.limit + (isQuick ? Math.ceil(pace.limit * QUICK_EXTRA_PART) : 0);
}

/**
 * Makes the gate through which an account's waiting calls go. The result lets go whoever may go; it is to be called when
 * anything has changed.
 */
export function createCallGate(parts: AccountParts): () => void {
  const { waiting, slice, pace, uploads, timers } = parts;
  let wake: { readonly atMs: number; readonly cancel: () => void } | null = null;

  function letGo(): void {
    const nowMs = timers.now();
    if (nowMs < pace.blockedUntilMs) {
      wakeAt(pace.blockedUntilMs);
      return;
    }
    while (letNextGo(waiting.isSmallsTurn() ? "small" : "interactive", nowMs));
    for (const turn of BEHIND_INTERACTIVE) while (letNextGo(turn, nowMs));
    if (waiting.hasUploads() && uploads.blockedUntilMs > nowMs) wakeAt(uploads.blockedUntilMs);
  }

  function letNextGo(turn: Turn, nowMs: number): boolean {
    if (parts.underWay >= placesFor(parts, turn)) return false;
    // Both draw on the same units, so the one whose turn it is must not find them gone.
    if (turn === "small" && waiting.countOf("interactive") > 0 && !waiting.isSmallsTurn()) return false;
    const call = waiting.next(turn, { uploads: uploads.isOpen(nowMs) });
    if (call === null || !slice.draw(turn, call.units, nowMs)) return false;
    waiting.go(call);
    admit(call, nowMs);
    return true;
  }

  function admit(call: WaitingCall, nowMs: number): void {
    try {
      const entry = parts.breaker.enter();
      parts.underWay += 1;
      if (call.isUpload) uploads.begin();
      call.admit(permitOf(call, nowMs, entry));
    } catch (error) {
      slice.putBack(call.turn, call.units);
      call.refuse(error);
    }
  }

  function permitOf({ isUpload }: WaitingCall, begunAtMs: number, entry: BreakerEntry): Permit {
    let isSettled = false;
    return {
      answered: () => entry.settle("ok"),
      settle(outcome) {
        if (isSettled) return;
        isSettled = true;
        parts.underWay -= 1;
        if (isUpload) uploads.end();
        entry.settle(outcome);
        learnOutcome(parts, { isUpload, begunAtMs }, outcome);
        if (outcome !== "ok") refuseLongWaits(parts);
        letGo();
      },
    };
  }

  function wakeAt(atMs: number): void {
    if (wake !== null && wake.atMs === atMs) return;
    wake?.cancel();
    const cancel = timers.after(Math.max(1, atMs - timers.now()), () => {
      wake = null;
      letGo();
      parts.onNeed();
    });
    wake = { atMs, cancel };
  }

  return letGo;
}
