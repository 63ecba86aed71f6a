/** One caller's count in one window. */
interface WindowCount {
  readonly window: number;
  /** What all nodes together had counted when it was last asked for, this node's own share included. */
  total: number;
  /** Counted here and told nobody yet; negative when something was taken back. */
  pending: number;
  /** Being told at this moment. */
  inFlight: number;
}

interface Entry {
  current: WindowCount;
  previous: WindowCount;
  /** Used since it was last compared with the other nodes. */
  touched: boolean;
}

/** What is to be told the other nodes of a key, and asked. */
export interface CountChange {
  readonly key: string;
  readonly window: number;
  readonly added: number;
}

export interface WindowCounts {
  /** What is known of a key in a window and the one before it. */
  read(key: string, window: number): { readonly current: number; readonly previous: number };
  /** Counts in a window; what lies further back than the one before is not counted any more. */
  add(key: string, window: number, added: number): void;
  /** Takes out what is to be told; it is under way until {@link settle}. */
  take(): readonly CountChange[];
  /** Ends what was taken: with the totals of all nodes, or null when nobody could be told, so that it is told later. */
  settle(
    taken: readonly CountChange[],
    totals: readonly { readonly key: string; readonly window: number; readonly total: number }[] | null,
  ): void;
  readonly size: number;
}

/**
 * Counts of the running window and the one before, in memory. The keys that were not used for the longest time give way
 * to new ones, so that strangers with many addresses cannot fill it; of these the other nodes' totals are known again
 * one comparison after they come back.
 * @param most how many keys are kept
 */
export function createWindowCounts(most: number): WindowCounts {
  const entries = new Map<string, Entry>();

  function find(key: string, window: number): Entry {
    const known = entries.get(key);
    if (known !== undefined) {
      entries.delete(key);
      entries.set(key, known);
      roll(known, window);
      return known;
    }
    const made: Entry = { current: empty(window), previous: empty(window - 1), touched: true };
    entries.set(key, made);
    if (entries.size > most) dropOldest();
    return made;
  }

  function dropOldest(): void {
    const [oldest] = entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
  }

  const countOf = (entry: Entry | undefined, window: number): WindowCount | undefined =>
    [entry?.current, entry?.previous].find((count) => count?.window === window);

  return {
    read(key, window) {
      const entry = find(key, window);
      entry.touched = true;
      return { current: sum(entry.current), previous: sum(entry.previous) };
    },
    add(key, window, added) {
      const known = entries.get(key);
      const count = countOf(known ?? find(key, window), window);
      if (count !== undefined) count.pending += added;
    },
    take() {
      const changes: CountChange[] = [];
      for (const [key, entry] of entries) {
        const used = entry.touched || entry.current.pending !== 0 || entry.previous.pending !== 0;
        if (!used) continue;
        entry.touched = false;
        for (const count of [entry.previous, entry.current]) {
          changes.push({ key, window: count.window, added: count.pending });
          count.inFlight = count.pending;
          count.pending = 0;
        }
      }
      return changes;
    },
    settle(taken, totals) {
      for (const { key, window, added } of taken) {
        const count = countOf(entries.get(key), window);
        if (count === undefined) continue;
        if (totals === null) count.pending += added;
        count.inFlight = 0;
      }
      for (const { key, window, total } of totals ?? []) {
        const count = countOf(entries.get(key), window);
        if (count !== undefined) count.total = total;
      }
    },
    get size() {
      return entries.size;
    },
  };
}

function empty(window: number): WindowCount {
  return { window, total: 0, pending: 0, inFlight: 0 };
}

function sum({ total, pending, inFlight }: WindowCount): number {
  return Math.max(0, total + pending + inFlight);
}

function roll(entry: Entry, window: number): void {
  const isBack = window < entry.previous.window;
  if (window <= entry.current.window && !isBack) return;
  entry.previous = entry.current.window === window - 1 ? entry.current : empty(window - 1);
  entry.current = empty(window);
}
