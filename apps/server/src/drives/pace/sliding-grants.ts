/** How long the provider remembers a unit. */
export const WINDOW_MS = 60_000;
/** How much later than it was let go a call may reach the provider, compared with the others. */
const JITTER_MS = 250;
/** Spent units are remembered by the half second, dated at its end. */
const GRAIN_MS = 500;

/** Units of one sliding minute: those that were spent, and those that nodes hold and may spend at any moment. */
export interface SlidingGrants {
  /** End of the grain in milliseconds, and units spent in it; in the order of time. */
  readonly spent: readonly (readonly [number, number])[];
  /** By holder: what it may still spend, and until when. */
  readonly held: Readonly<Record<string, { readonly units: number; readonly untilMs: number }>>;
}

export const NOTHING_GRANTED: SlidingGrants = { spent: [], held: {} };

/**
 * The same at a later moment: what has left the window is forgotten, and what a holder did not account for in time
 * counts as spent at the last moment at which it could be.
 */
export function advance(grants: SlidingGrants, nowMs: number): SlidingGrants {
  const late = Object.entries(grants.held).filter(([, { untilMs }]) => untilMs <= nowMs);
  if (late.length === 0) return { ...grants, spent: withoutOld(grants.spent, nowMs) };
  const held = { ...grants.held };
  let { spent } = grants;
  for (const [holder, { units, untilMs }] of late) {
    delete held[holder];
    spent = withSpent(spent, units, untilMs);
  }
  return { spent: withoutOld(spent, nowMs), held };
}

/** Units that count against the limit, after {@link advance}. */
export function usedUnits(grants: SlidingGrants): number {
  let sum = 0;
  for (const [, units] of grants.spent) sum += units;
  for (const { units } of Object.values(grants.held)) sum += units;
  return sum;
}

/**
 * Takes a holder's account: so many units of those that it holds were spent by now, so many come back, so many are
 * given to it anew, and all that it then holds may be spent until `untilMs`. What it accounts for beyond what it holds
 * was counted before, when its time ran out.
 */
export function settleHolder(
  grants: SlidingGrants,
  change: {
    readonly holder: string;
    readonly spent: number;
    readonly returned: number;
    readonly granted: number;
    readonly nowMs: number;
    readonly untilMs: number;
  },
): SlidingGrants {
  const before = grants.held[change.holder]?.units ?? 0;
  const spentUnits = Math.min(before, change.spent);
  const units = Math.max(0, before - spentUnits - change.returned) + change.granted;
  const { [change.holder]: _replaced, ...others } = grants.held;
  return {
    spent: withSpent(grants.spent, spentUnits, change.nowMs),
    held: units === 0 ? others : { ...others, [change.holder]: { units, untilMs: change.untilMs } },
  };
}

function withSpent(spent: SlidingGrants["spent"], units: number, atMs: number): SlidingGrants["spent"] {
  if (units === 0) return spent;
  const endMs = Math.ceil(atMs / GRAIN_MS) * GRAIN_MS;
  const place = spent.findLastIndex(([entryMs]) => entryMs <= endMs);
  const found = spent[place];
  if (found !== undefined && found[0] === endMs) return spent.with(place, [endMs, found[1] + units]);
  return spent.toSpliced(place + 1, 0, [endMs, units]);
}

function withoutOld(spent: SlidingGrants["spent"], nowMs: number): SlidingGrants["spent"] {
  const first = spent.findIndex(([endMs]) => endMs + WINDOW_MS + JITTER_MS > nowMs);
  if (first === 0) return spent;
  return first < 0 ? [] : spent.slice(first);
}
