/** An open job of a tenant that has chunks waiting. */
export interface WaitingJob {
  readonly jobId: string;
  readonly connectionId: string;
  /** The first of its waiting chunks, as many as a window holds at the most. */
  readonly waitingChunks: readonly number[];
}

/** Chunks of one job that are in the queue or with a worker. */
export interface ChunksInFlight {
  readonly jobId: string;
  readonly connectionId: string;
  readonly count: number;
}

export interface Release {
  readonly jobId: string;
  readonly chunkNumber: number;
}

/**
 * Decides which chunks of one tenant get a message now: as many as the windows of the tenant and of each connection
 * have room for. The job with the fewest chunks in flight comes first, then the oldest, so that jobs take turns
 * however large they are.
 * @param params.jobs oldest first
 */
export function planReleases(params: {
  readonly jobs: readonly WaitingJob[];
  readonly inFlight: readonly ChunksInFlight[];
  readonly connectionChunks: number;
  readonly tenantChunks: number;
}): Release[] {
  const byJob = new Map<string, number>();
  const byConnection = new Map<string, number>();
  let total = 0;
  for (const { jobId, connectionId, count } of params.inFlight) {
    byJob.set(jobId, count);
    byConnection.set(connectionId, (byConnection.get(connectionId) ?? 0) + count);
    total += count;
  }
  const taken = new Map<string, number>();
  const releases: Release[] = [];
  const mayGo = (job: WaitingJob) =>
    (byConnection.get(job.connectionId) ?? 0) < params.connectionChunks &&
    (taken.get(job.jobId) ?? 0) < job.waitingChunks.length;
  while (total < params.tenantChunks) {
    const next = fewestInFlight(params.jobs.filter(mayGo), byJob);
    const chunkNumber = next?.waitingChunks[taken.get(next.jobId) ?? 0];
    if (next === undefined || chunkNumber === undefined) break;
    releases.push({ jobId: next.jobId, chunkNumber });
    taken.set(next.jobId, (taken.get(next.jobId) ?? 0) + 1);
    byJob.set(next.jobId, (byJob.get(next.jobId) ?? 0) + 1);
    byConnection.set(next.connectionId, (byConnection.get(next.connectionId) ?? 0) + 1);
    total += 1;
  }
  return releases;
}

function fewestInFlight(
  jobs: readonly WaitingJob[],
  byJob: ReadonlyMap<string, number>,
): WaitingJob | undefined {
  let best: WaitingJob | undefined;
  for (const job of jobs) {
    if (best === undefined || (byJob.get(job.jobId) ?? 0) < (byJob.get(best.jobId) ?? 0)) best = job;
  }
  return best;
}
