/** A job at one moment, read in one statement. */
export interface JobSample {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly hasEnded: boolean;
  readonly counters: Readonly<Record<ItemState, number>>;
  /** The first letter of every item's state, by position. */
  readonly states: string;
}

const ITEM_STATES = ["pending", "running", "done", "skipped", "failed", "cancelled"] as const;
type ItemState = (typeof ITEM_STATES)[number];

/** How far a status is. Statuses of an end are equally far, and none follows upon another. */
const RANKS: Readonly<Record<string, number>> = {
  pending: 0,
  processing: 1,
  completed: 2,
  completed_with_errors: 2,
  failed: 2,
  cancelled: 2,
};
const OPEN_LETTERS = "pr";

/**
 * What is wrong with a sample, by itself and after the one before: counters that are not the rows, a status or an item
 * that goes back, an end that changes. A new attempt may begin all of it anew.
 */
export function faultsOfSample(sample: JobSample, before: JobSample | null): string[] {
  const faults: string[] = [];
  for (const state of ITEM_STATES) {
    const rows = countOf(sample.states, state);
    const counted = sample.counters[state];
    if (rows !== counted) faults.push(`${sample.id} counts ${counted} ${state} items where ${rows} rows are`);
  }
  const open = countOf(sample.states, "pending") + countOf(sample.states, "running");
  if (sample.hasEnded && open > 0) faults.push(`${sample.id} has ended with ${open} open items`);
  if (before !== null && before.attempt === sample.attempt) faults.push(...faultsOfStep(before, sample));
  return faults;
}

function faultsOfStep(before: JobSample, sample: JobSample): string[] {
  const faults: string[] = [];
  const [from, to] = [RANKS[before.status] ?? 0, RANKS[sample.status] ?? 0];
  const changesEnd = before.hasEnded && before.status !== sample.status;
  if (to < from || changesEnd) faults.push(`${sample.id} went from ${before.status} to ${sample.status}`);
  const [had, has] = [goodOf(before), goodOf(sample)];
  if (has < had) faults.push(`${sample.id} had ${had} completed files and has ${has}`);
  for (let position = 0; position < before.states.length; position += 1) {
    const [was = "", is = ""] = [before.states[position], sample.states[position]];
    if (!OPEN_LETTERS.includes(was) && was !== is) {
      faults.push(`item ${position} of ${sample.id} went from "${was}" to "${is}"`);
    }
  }
  return faults;
}

function goodOf({ counters }: JobSample): number {
  return counters.done + counters.skipped;
}

function countOf(states: string, state: ItemState): number {
  return states.split(state.charAt(0)).length - 1;
}
