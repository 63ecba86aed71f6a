/** Most items of a chunk: one round trip reads the metadata of as many. */
const LARGEST_CHUNK = 50;

/** The items of one chunk, by position: `first` and the ones after it. */
export interface ChunkPlan {
  readonly number: number;
  readonly first: number;
  readonly count: number;
}

/**
 * Divides the items of a job into chunks of nearly the same size, none above 50. A job that fits into the window is
 * spread over it, so that all of it moves at once; below `chunkConcurrency` items nothing is won by dividing.
 * @param itemCount at least 1
 */
export function planChunks(params: {
  readonly itemCount: number;
  readonly chunkConcurrency: number;
  readonly windowChunks: number;
}): ChunkPlan[] {
  const { itemCount, chunkConcurrency, windowChunks } = params;
  const toFillTheWindow = Math.ceil(itemCount / windowChunks);
  const size = Math.min(LARGEST_CHUNK, Math.max(chunkConcurrency, toFillTheWindow));
  const chunkCount = Math.ceil(itemCount / size);
  const startOf = (number: number) => Math.floor((number * itemCount) / chunkCount);
  return Array.from({ length: chunkCount }, (_, number) => ({
    number,
    first: startOf(number),
    count: startOf(number + 1) - startOf(number),
  }));
}
