/** What every limit is counted in. */
export const WINDOW_MS = 60_000;

/** The facts about one caller at one moment. */
export interface RateFacts {
  /** Requests in a window, at least 1. */
  readonly quota: number;
  readonly nowMs: number;
  /** Admitted in the window that is running. */
  readonly current: number;
  /** Admitted in the window before. */
  readonly previous: number;
}

export interface RateVerdict {
  readonly allowed: boolean;
  /** What may follow at once, when this one is admitted; 0 when it is not. */
  readonly remaining: number;
  /** Until a refused request would be admitted if nothing else came; 0 for an admitted one. */
  readonly waitMs: number;
  /** Until the running window ends. */
  readonly resetMs: number;
}

/** The number of the window that a moment lies in, counted from 1970. */
export function windowNumber(nowMs: number): number {
  return Math.floor(nowMs / WINDOW_MS);
}

/**
 * Whether one more request fits. The window slides: what was admitted in the window before counts by the share of it that
 * lies within the last minute. Refused requests do not count, so whoever keeps asking is served at the rate of the quota.
 */
export function decideRate(facts: RateFacts): RateVerdict {
  const { quota, current, previous } = facts;
  const elapsedMs = facts.nowMs % WINDOW_MS;
  const resetMs = WINDOW_MS - elapsedMs;
  // Whole numbers only, so that nothing is lost to rounding at the very edge of the quota.
  const room = (quota - current) * WINDOW_MS - previous * resetMs;
  if (room < WINDOW_MS) return { allowed: false, remaining: 0, waitMs: waitMs(facts, elapsedMs), resetMs };
  return { allowed: true, remaining: Math.floor(room / WINDOW_MS) - 1, waitMs: 0, resetMs };
}

function waitMs({ quota, current, previous }: RateFacts, elapsedMs: number): number {
  const restMs = WINDOW_MS - elapsedMs;
  const freeAt = current < quota ? shrunkAt(previous, quota - current - 1) : WINDOW_MS;
  if (freeAt < WINDOW_MS) return freeAt - elapsedMs;
  return restMs + shrunkAt(current, quota - 1);
}

/** When, in milliseconds of a window, the count of the window before it has shrunk to what is left for it. */
function shrunkAt(count: number, left: number): number {
  return count <= left ? 0 : WINDOW_MS - Math.floor((left * WINDOW_MS) / count);
}
