import type { BucketShape } from "./bucket.ts";
import { WINDOW_MS } from "./sliding-grants.ts";

/** The part of a limit that bulk work leaves to the others; at least so many units, where the limit allows it. */
const RESERVE_PART = 0.02;
const RESERVE_UNITS = 400;
const RESERVE_MOST_PART = 0.1;
/** Interactive and small work goes first up to this part of a limit at once, and then of its line. */
const QUICK_BURST_PART = 0.1;
const QUICK_LINE_PART = 0.5;
/** Units count somewhat longer than a minute: spending is told of late, and dated by the half second. */
const COUNTED_FOR_MS = WINDOW_MS + 750;
/** What gathers at the most for somebody who does not ask for a while. */
const GATHERED_FOR_MS = 1_000;
/** No fewer than the largest single call needs. */
const GATHERED_UNITS = 500;

/** How a limit of so many units a minute is shared. */
export interface Shares {
  readonly limit: number;
  /** As far as bulk work may fill the minute. */
  readonly bulkLimit: number;
  readonly quick: BucketShape;
  /** The even pace of bulk work that is too large to hurry. */
  readonly line: BucketShape;
}

/** @param limit units a minute; null for none */
export function sharesOf(limit: number | null): Shares {
  if (limit === null) {
    const endless = { unitsPerMs: Number.MAX_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER };
    const { MAX_SAFE_INTEGER } = Number;
    return { limit: MAX_SAFE_INTEGER, bulkLimit: MAX_SAFE_INTEGER, quick: endless, line: endless };
  }
  const reserve = Math.min(limit * RESERVE_MOST_PART, Math.max(limit * RESERVE_PART, RESERVE_UNITS));
  const bulkLimit = Math.floor(limit - reserve);
  return {
    limit,
    bulkLimit,
    quick: {
      unitsPerMs: (limit * QUICK_LINE_PART) / COUNTED_FOR_MS,
      most: Math.max(GATHERED_UNITS, limit * QUICK_BURST_PART),
    },
    line: gathering(bulkLimit / COUNTED_FOR_MS),
  };
}

/** A bucket that lets a steady pace through. */
export function gathering(unitsPerMs: number): BucketShape {
  return { unitsPerMs, most: Math.max(GATHERED_UNITS, unitsPerMs * GATHERED_FOR_MS) };
}
