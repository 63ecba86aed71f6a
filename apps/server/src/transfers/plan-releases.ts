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
  /** Whether nothing else of the job was in flight. */
  readonly isFirst: boolean;
}

/**
 * Decides which chunks of one tenant get a message now: as many as the windows of the tenant and of each connection
 * have room for. The job with the fewest chunks in flight comes first, then the one served longest ago. The last free
 * permit of a window is kept for a job that has nothing in flight, so that a small job never waits for a large one.
 * @param params.jobs the one served longest ago first
 */
export function planReleases(params: {
  readonly jobs: readonly WaitingJob[];
  readonly inFlight: readonly ChunksInFlight[];
  readonly connectionChunks: number;
  readonly tenantChunks: number;
}): Release[] {
  const counts = countInFlight(params.inFlight);
  const taken = new Map<string, number>();
  const releases: Release[] = [];
  const mayGo = (job: WaitingJob): boolean => {
    const kept = (counts.ofJob.get(job.jobId) ?? 0) > 0 ? 1 : 0;
    const ofConnection = counts.ofConnection.get(job.connectionId) ?? 0;
    const hasRoom =
      ofConnection + kept < params.connectionChunks && counts.total + kept < params.tenantChunks;
    return hasRoom && (taken.get(job.jobId) ?? 0) < job.waitingChunks.length;
  };
  for (;;) {
    const next = fewestInFlight(params.jobs.filter(mayGo), counts.ofJob);
    const chunkNumber = next?.waitingChunks[taken.get(next.jobId) ?? 0];
    if (next === undefined || chunkNumber === undefined) return releases;
    const { jobId, connectionId } = next;
    releases.push({ jobId, chunkNumber, isFirst: !counts.ofJob.has(jobId) });
    taken.set(jobId, (taken.get(jobId) ?? 0) + 1);
    counts.ofJob.set(jobId, (counts.ofJob.get(jobId) ?? 0) + 1);
    counts.ofConnection.set(connectionId, (counts.ofConnection.get(connectionId) ?? 0) + 1);
    counts.total += 1;
  }
}

function countInFlight(inFlight: readonly ChunksInFlight[]) {
  const ofJob = new Map<string, number>();
  const ofConnection = new Map<string, number>();
  let total = 0;
  for (const { jobId, connectionId, count } of inFlight) {
    ofJob.set(jobId, count);
    ofConnection.set(connectionId, (ofConnection.get(connectionId) ?? 0) + count);
    total += count;
  }
  return { ofJob, ofConnection, total };
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
