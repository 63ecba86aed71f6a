/** What an item weighs whose size nobody told, in bytes. */
const UNKNOWN_SIZE_BYTES = 8 * 1024 * 1024;
/** One in so many places, and one in so many bytes, is kept for jobs of which nothing moves in this process. */
const KEPT_FRACTION = 8;
const MOST_KEPT_PLACES = 4;

/** The one way into moving bytes in this process, for all jobs. */
export interface TransferGate {
  /**
   * Waits until an item may move. Among those who wait the job with the fewest items on the move is next.
   * @param item.bytes the item's size; null when it is not known
   * @returns gives the place back; calling it again does nothing
   * @throws the signal's reason
   */
  enter(
    item: { readonly jobId: string; readonly bytes: number | null },
    signal: AbortSignal,
  ): Promise<() => void>;
}

interface Waiting {
  readonly jobId: string;
  readonly weight: number;
  readonly admit: () => void;
}

/**
 * Bounds what moves in one process. The last places and bytes are kept for jobs of which nothing moves here, so that a
 * small job gets in at once whatever the large ones move. An item larger than half of the bytes counts as half of them.
 * @param params.files most items at a time
 * @param params.bytes most bytes of items at a time
 */
export function createTransferGate(params: { readonly files: number; readonly bytes: number }): TransferGate {
  const open = openShares(params);
  const heaviest = Math.floor(open.bytes / 2);
  const movingOf = new Map<string, number>();
  const moving = { files: 0, bytes: 0 };
  let line: readonly Waiting[] = [];

  const mayMove = ({ jobId, weight }: Waiting): boolean => {
    const share = movingOf.has(jobId) ? open : params;
    return moving.files < share.files && moving.bytes + weight <= share.bytes;
  };
  const count = ({ jobId, weight }: Waiting, change: 1 | -1): void => {
    const ofJob = (movingOf.get(jobId) ?? 0) + change;
    if (ofJob === 0) movingOf.delete(jobId);
    else movingOf.set(jobId, ofJob);
    moving.files += change;
    moving.bytes += change * weight;
  };
  /** A large item of a new job would wait for ever if the others' small ones took every byte that comes free. */
  const isMakingRoom = (): boolean => line.some((entry) => !movingOf.has(entry.jobId) && !mayMove(entry));
  const admitNext = (): void => {
    for (;;) {
      const ready = line.filter(mayMove);
      const next = nextOf(
        isMakingRoom() ? ready.filter(({ jobId }) => !movingOf.has(jobId)) : ready,
        movingOf,
      );
      if (next === null) return;
      line = line.filter((waiting) => waiting !== next);
      count(next, 1);
      next.admit();
    }
  };

  return {
    async enter({ jobId, bytes }, signal) {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const weight = Math.min(bytes ?? UNKNOWN_SIZE_BYTES, heaviest);
      const entry: Waiting = { jobId, weight, admit: resolve };
      const giveUp = () => {
        line = line.filter((waiting) => waiting !== entry);
        reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      line = [...line, entry];
      admitNext();
      try {
        await promise;
      } finally {
        signal.removeEventListener("abort", giveUp);
      }
      let isIn = true;
      return () => {
        if (!isIn) return;
        isIn = false;
        count(entry, -1);
        admitNext();
      };
    },
  };
}

/** What is open to every job; the rest is kept for those of which nothing moves. */
function openShares({ files, bytes }: { readonly files: number; readonly bytes: number }) {
  const keptPlaces = Math.min(MOST_KEPT_PLACES, Math.floor(files / KEPT_FRACTION));
  return { files: files - keptPlaces, bytes: bytes - Math.floor(bytes / KEPT_FRACTION) };
}

function nextOf(line: readonly Waiting[], movingOf: ReadonlyMap<string, number>): Waiting | null {
  let best: Waiting | null = null;
  for (const waiting of line) {
    const isBetter = best === null || (movingOf.get(waiting.jobId) ?? 0) < (movingOf.get(best.jobId) ?? 0);
    if (isBetter) best = waiting;
  }
  return best;
}
