/** Most items of a chunk: one round trip reads the metadata of as many. */
const LARGEST_CHUNK = 50;

/** The items of one chunk, by position: `first` and the ones after it. */
export interface ChunkPlan {
  readonly number: number;
  readonly first: number;
  readonly count: number;
}

/**
 * Divides the items of a job into chunks, none above 50. The first is small, so that a job begins at once and never
 * holds the lane of beginning jobs for long. The others are nearly of one size and so many that they fill whole rounds
 * of the permits that one job can have: at the end all of them are at work, and none waits for one.
 * @param params.itemCount at least 1
 * @param params.windowChunks the permits of the job's window, of which the last is kept for other jobs
 */
export function planChunks(params: {
  readonly itemCount: number;
  readonly chunkConcurrency: number;
  readonly windowChunks: number;
}): ChunkPlan[] {
  const { itemCount, chunkConcurrency } = params;
  const first = { number: 0, first: 0, count: Math.min(itemCount, chunkConcurrency) };
  const rest = itemCount - first.count;
  if (rest === 0) return [first];
  const permits = Math.max(1, params.windowChunks - 1);
  const largest = Math.max(1, Math.floor(LARGEST_CHUNK / chunkConcurrency)) * chunkConcurrency;
  const rounds = Math.ceil(rest / (permits * largest));
  const chunkCount = Math.min(permits * rounds, Math.ceil(rest / chunkConcurrency));
  const startOf = (index: number) => first.count + Math.floor((index * rest) / chunkCount);
  const others = Array.from({ length: chunkCount }, (_, index) => ({
    number: index + 1,
    first: startOf(index),
    count: startOf(index + 1) - startOf(index),
  }));
  return [first, ...others];
}
