import type { PaceTimers } from "../drives/pace/pace-timers.ts";

/** Time that passes only when a test lets it, and then as fast as the work of each moment is done. */
export interface VirtualTime extends PaceTimers {
  sleep(ms: number): Promise<void>;
  /** Lets so much time pass. */
  run(ms: number): Promise<void>;
}

interface Due {
  readonly atMs: number;
  readonly number: number;
  readonly run: () => void;
}

export function createVirtualTime(startMs = 1_000_000): VirtualTime {
  let nowMs = startMs;
  let count = 0;
  const heap: Due[] = [];
  const gone = new Set<number>();

  function after(delayMs: number, run: () => void): () => void {
    count += 1;
    const number = count;
    push(heap, { atMs: nowMs + Math.max(0, delayMs), number, run });
    return () => gone.add(number);
  }

  return {
    now: () => nowMs,
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    async run(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        await settled();
        const next = heap[0];
        if (next === undefined || next.atMs > endMs) break;
        nowMs = next.atMs;
        while (heap[0] !== undefined && heap[0].atMs <= nowMs) {
          const due = pop(heap);
          if (due !== undefined && !gone.delete(due.number)) due.run();
        }
      }
      nowMs = endMs;
    },
  };
}

/** Everything that follows from what has happened, without time passing. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const isBefore = (one: Due, other: Due) =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.number < other.number);

function push(heap: Due[], due: Due): void {
  heap.push(due);
  let place = heap.length - 1;
  while (place > 0) {
    const above = (place - 1) >> 1;
    if (!swapIfBefore(heap, place, above)) return;
    place = above;
  }
}

function pop(heap: Due[]): Due | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  heap[0] = last;
  for (let place = 0; ; ) {
    const left = 2 * place + 1;
    const right = left + 1;
    const [one, other] = [heap[left], heap[right]];
    if (one === undefined) return first;
    const least = other !== undefined && isBefore(other, one) ? right : left;
    if (!swapIfBefore(heap, least, place)) return first;
    place = least;
  }
}

function swapIfBefore(heap: Due[], low: number, high: number): boolean {
  const [lower, upper] = [heap[low], heap[high]];
  if (lower === undefined || upper === undefined || !isBefore(lower, upper)) return false;
  heap[low] = upper;
  heap[high] = lower;
  return true;
}
