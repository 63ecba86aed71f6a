/** At most so often the bytes under way are written down. */
const EVERY_MS = 2_000;

/** Adds up what is under way in a chunk, so that a large file shows that it moves before it is there. */
export interface MovingBytes {
  /**
   * Takes part in the sum with what `work` tells of its progress, until that ends.
   * @param work gets a function that is to be told how many bytes of it have moved so far
   */
  during<Result>(work: (onProgress: (bytes: number) => void) => Promise<Result>): Promise<Result>;
  /** Ends the writing, when what is being written has been. */
  stop(): Promise<void>;
}

/**
 * Writes the sum when it has changed, one after another, at most every two seconds. A write that fails is left out:
 * the next one tells more.
 * @param params.onFault told of writes that failed
 */
export function createMovingBytes(params: {
  readonly write: (bytes: number) => Promise<unknown>;
  readonly onFault: (error: unknown) => void;
}): MovingBytes {
  const moving = new Set<{ bytes: number }>();
  let written = 0;
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;

  async function writeSum(): Promise<void> {
    const sum = [...moving].reduce((total, { bytes }) => total + bytes, 0);
    if (isWriting || sum === written) return;
    isWriting = true;
    try {
      await params.write(sum);
      written = sum;
    } catch (error) {
      params.onFault(error);
    }
    isWriting = false;
  }
  const timer = setInterval(() => {
    if (!isWriting) writing = writeSum();
  }, EVERY_MS);

  return {
    async during(work) {
      const entry = { bytes: 0 };
      moving.add(entry);
      try {
        return await work((bytes) => {
          entry.bytes = bytes;
        });
      } finally {
        moving.delete(entry);
      }
    },
    async stop() {
      clearInterval(timer);
      await writing;
    },
  };
}
