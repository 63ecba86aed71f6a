import { type AccountExchange, createAccountExchange } from "./account-exchange.ts";
import { type AccountPaceParams, type AccountParts, createAccountParts } from "./account-parts.ts";
import { createCallGate } from "./call-gate.ts";
import type { AccountPace, PaceRequest, Permit } from "./permit.ts";
import { faultOfWait, INTERACTIVE_WAIT_MS, refuseCall, tooSlow } from "./refuse-waits.ts";
import type { Turn, WaitingCall } from "./waiting-calls.ts";

/** One account's pace in this process. */
export interface AccountPacer extends AccountPace, AccountExchange {
  /** Whether nothing is lost when it is forgotten altogether. */
  isSpare(): boolean;
}

/** Makes one account's pace. */
export function createAccountPacer(params: AccountPaceParams): AccountPacer {
  const parts = createAccountParts(params);
  const { waiting, slice, pace, uploads, timers } = parts;
  const letGo = createCallGate(parts);
  let calls = 0;

  async function acquire(request: PaceRequest, signal?: AbortSignal): Promise<Permit> {
    signal?.throwIfAborted();
    const unitsLeft = unitsLeftOf(request);
    const turn = turnOf(request, unitsLeft <= slice.room);
    refuseAtOnce(parts, request, turn);
    const { promise, resolve, reject } = Promise.withResolvers<Permit>();
    calls += 1;
    const call: WaitingCall = {
      number: calls,
      units: Math.min(request.units, params.mostUnits),
      isUpload: request.isUpload,
      unitsLeft,
      turn,
      isOver: false,
      admit: resolve,
      refuse: reject,
    };
    waiting.add(call);
    letGo();
    params.onNeed();
    return call.isOver ? await promise : await patiently(parts, { call, promise, signal });
  }

  return {
    acquire,
    ...createAccountExchange(parts, letGo),
    isSpare() {
      const nowMs = timers.now();
      const isQuiet = parts.underWay === 0 && !slice.isOpen() && waiting.all().length === 0;
      return isQuiet && pace.isCalm(nowMs) && uploads.isCalm(nowMs);
    },
  };
}

/** What is known to be in vain, or to take too long, does not wait. */
function refuseAtOnce(parts: AccountParts, { isUpload }: PaceRequest, turn: Turn): void {
  const nowMs = parts.timers.now();
  const fault =
    parts.breaker.fault() ??
    faultOfWait(turn, parts.pace.blockedUntilMs - nowMs) ??
    (isUpload ? parts.uploads.fault(nowMs) : null);
  if (fault !== null) throw fault;
}

async function patiently(
  parts: AccountParts,
  wait: {
    readonly call: WaitingCall;
    readonly promise: Promise<Permit>;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Permit> {
  const { call, promise, signal } = wait;
  const stop = () => refuseCall(parts, call, signal?.reason);
  const tellToComeBack = () => {
    const waitMs = Math.max(INTERACTIVE_WAIT_MS, parts.pace.blockedUntilMs - parts.timers.now());
    refuseCall(parts, call, tooSlow(waitMs, null));
  };
  signal?.addEventListener("abort", stop, { once: true });
  const isInteractive = call.turn === "interactive";
  const endWait = isInteractive ? parts.timers.after(INTERACTIVE_WAIT_MS, tellToComeBack) : null;
  try {
    return await promise;
  } finally {
    endWait?.();
    signal?.removeEventListener("abort", stop);
  }
}

function unitsLeftOf({ work }: PaceRequest): number {
  return work.kind === "bulk" ? (work.unitsLeft ?? Number.POSITIVE_INFINITY) : 0;
}

function turnOf({ work }: PaceRequest, fits: boolean): Turn {
  if (work.kind !== "bulk") return work.kind;
  return fits ? "burst" : "bulk";
}
