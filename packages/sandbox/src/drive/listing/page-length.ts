import { chance } from "./chance.ts";
import type { ListingPosition } from "./listing-pages.ts";

/** Which pages of a listing are shorter than they could be. */
export interface PageHabits {
  readonly emptyPages: "never" | "sometimes";
  readonly seed: number;
}

const EMPTY_SHARE = 0.25;
const SHORT_SHARE = 0.25;

/**
 * How many files the page at a position gets: as many as were asked for, or with empty pages none on one page in four
 * and fewer on another. A page asked for again is as long as before. Google says that pages may be shorter than
 * `pageSize` and even empty ("files.list" of the Drive reference); how often they are is not known.
 */
export function pageLength(
  { key, offset, page }: ListingPosition,
  pageSize: number,
  { emptyPages, seed }: PageHabits,
): number {
  if (emptyPages === "never") return pageSize;
  const drawn = chance(seed, `${key.request} ${offset} ${page}`);
  if (drawn < EMPTY_SHARE) return 0;
  if (drawn < EMPTY_SHARE + SHORT_SHARE) return Math.ceil((pageSize * (drawn - EMPTY_SHARE)) / SHORT_SHARE);
  return pageSize;
}
