import { type AdaptiveConcurrency, grow, halve, startConcurrency } from "./adaptive-concurrency.ts";
import { type BackoffShape, backoffMs } from "./backoff-ms.ts";

const PAUSE: BackoffShape = { firstMs: 1_000, longestMs: 32_000 };
const SLOW_PAUSE: BackoffShape = { firstMs: 2_000, longestMs: 64_000, leastMs: 10_000 };

/** What the provider's answers teach about how many calls at a time it bears, and when. */
export interface RateFeedback {
  /** Calls at a time; a whole number from 1. */
  readonly limit: number;
  /** Nothing goes before; in the time of the pacer. */
  readonly blockedUntilMs: number;
  learnOk(begunAtMs: number): void;
  /** @param refusal.isSlow whether its reason wants a long pause */
  learnRefusal(refusal: {
    readonly begunAtMs: number;
    readonly nowMs: number;
    readonly retryAfterMs: number | null;
    readonly isSlow: boolean;
    readonly random: number;
  }): void;
  /** Another node was told to wait. */
  blockUntil(untilMs: number): void;
  /** Whether everything is as at the start. */
  isCalm(nowMs: number): boolean;
}

export function createRateFeedback(most: number): RateFeedback {
  let concurrency: AdaptiveConcurrency = startConcurrency(most);
  let blockedUntilMs = Number.NEGATIVE_INFINITY;
  const blockUntil = (untilMs: number) => {
    blockedUntilMs = Math.max(blockedUntilMs, untilMs);
  };
  return {
    get limit() {
      return Math.floor(concurrency.limit);
    },
    get blockedUntilMs() {
      return blockedUntilMs;
    },
    learnOk(begunAtMs) {
      concurrency = grow(concurrency, { most, begunAtMs });
    },
    learnRefusal({ begunAtMs, nowMs, retryAfterMs, isSlow, random }) {
      const halved = halve(concurrency, { nowMs, begunAtMs });
      if (retryAfterMs !== null) blockUntil(nowMs + retryAfterMs);
      if (halved === concurrency) return;
      concurrency = halved;
      const facts = { failures: halved.refusals, random, retryAfterMs };
      blockUntil(nowMs + backoffMs(isSlow ? SLOW_PAUSE : PAUSE, facts));
    },
    blockUntil,
    isCalm: (nowMs) => nowMs >= blockedUntilMs && concurrency.limit >= most && concurrency.refusals === 0,
  };
}
