/** How many calls may be under way at once, as the provider's answers have taught. */
export interface AdaptiveConcurrency {
  /** At least 1; what is behind the point is on its way to the next whole number. */
  readonly limit: number;
  /** When it was last halved; calls that were begun before say nothing new. */
  readonly halvedAtMs: number;
  /** Times in a row that it was halved without a success between. */
  readonly refusals: number;
}

/** It is halved once within this time, whatever comes. */
const HALVED_ONCE_IN_MS = 1_000;

export function startConcurrency(most: number): AdaptiveConcurrency {
  return { limit: most, halvedAtMs: Number.NEGATIVE_INFINITY, refusals: 0 };
}

/** A call went well: one more at a time for every round of calls. Calls that were begun before the last halving say nothing. */
export function grow(
  state: AdaptiveConcurrency,
  facts: { readonly most: number; readonly begunAtMs: number },
): AdaptiveConcurrency {
  const { most, begunAtMs } = facts;
  if (begunAtMs <= state.halvedAtMs || (state.limit >= most && state.refusals === 0)) return state;
  return { ...state, limit: Math.min(most, state.limit + 1 / state.limit), refusals: 0 };
}

/**
 * A call was refused for its rate: half as many at a time, but once in a second and once for all that were under way together.
 * The same object means that nothing new was learnt.
 */
export function halve(
  state: AdaptiveConcurrency,
  facts: { readonly nowMs: number; readonly begunAtMs: number },
): AdaptiveConcurrency {
  const isKnown = facts.begunAtMs <= state.halvedAtMs || facts.nowMs - state.halvedAtMs < HALVED_ONCE_IN_MS;
  if (isKnown) return state;
  return { limit: Math.max(1, state.limit / 2), halvedAtMs: facts.nowMs, refusals: state.refusals + 1 };
}
