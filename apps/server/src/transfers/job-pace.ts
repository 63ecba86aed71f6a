import type { JobRow, JobState } from "./job.ts";

/** Below this a pace says nothing. */
const SHORTEST_MS = 1000;

/** How fast a job moves, and when it will end at that pace. Null is not known. */
export interface JobPace {
  readonly bytesPerSecond: number | null;
  readonly estimatedEndAt: Date | null;
}

type Facts = Pick<
  JobRow,
  | "startedAt"
  | "completedAt"
  | "bytesDone"
  | "bytesBefore"
  | "bytesTotal"
  | "itemsBefore"
  | "pendingItems"
  | "runningItems"
> & {
  readonly state: JobState;
  readonly totalItems: number;
  readonly movingBytes: number;
  readonly now: Date;
};

/**
 * The mean pace of this run of the job, from the beginning of its first chunk. The end is told by what is left in files
 * and, when all sizes seem to be known, in bytes: the later of the two. It is told of running jobs alone.
 */
export function jobPace(job: Facts): JobPace {
  if (job.startedAt === null) return { bytesPerSecond: null, estimatedEndAt: null };
  const elapsedMs = (job.completedAt ?? job.now).getTime() - job.startedAt.getTime();
  if (elapsedMs < SHORTEST_MS) return { bytesPerSecond: null, estimatedEndAt: null };
  const bytes = job.bytesDone + job.movingBytes;
  const movedBytes = bytes - job.bytesBefore;
  const bytesPerSecond = movedBytes > 0 ? Math.round((movedBytes * 1000) / elapsedMs) : null;
  if (job.state !== "running") return { bytesPerSecond, estimatedEndAt: null };
  const openItems = job.pendingItems + job.runningItems;
  const leftMs = [
    timeFor(openItems, { moved: job.totalItems - openItems - job.itemsBefore, elapsedMs }),
    timeFor(job.bytesTotal - bytes, { moved: movedBytes, elapsedMs }),
  ].filter((time) => time !== null);
  const estimatedEndAt = leftMs.length > 0 ? new Date(job.now.getTime() + Math.max(...leftMs)) : null;
  return { bytesPerSecond, estimatedEndAt };
}

function timeFor(left: number, pace: { readonly moved: number; readonly elapsedMs: number }): number | null {
  if (left <= 0 || pace.moved <= 0) return null;
  return Math.round((left / pace.moved) * pace.elapsedMs);
}
