import type { AccountPace, PaceOutcome, PaceRequest, Permit } from "../../drives/index.ts";
import type { Callable } from "./messages.ts";

/** The pace of an account, as a task in another thread may ask for it: permits have numbers there. */
export interface LentPace {
  readonly calls: Callable;
  /** Gives back what the task has not settled, for instance because its thread was lost. Call it at the task's end. */
  settleRest(): void;
}

/** @param signal ends the waits for permits */
export function lendPace(pace: AccountPace, signal: AbortSignal): LentPace {
  const open = new Map<number, Permit>();
  let lent = 0;
  return {
    calls: {
      "pace.acquire": async (request: PaceRequest) => {
        const permit = await pace.acquire(request, signal);
        lent += 1;
        open.set(lent, permit);
        return lent;
      },
      "pace.answered": async (number: number) => open.get(number)?.answered(),
      "pace.settle": async (number: number, outcome: PaceOutcome) => {
        open.get(number)?.settle(outcome);
        open.delete(number);
      },
    },
    settleRest() {
      for (const permit of open.values()) permit.settle("dropped");
      open.clear();
    },
  };
}
