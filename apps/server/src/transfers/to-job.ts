import { countersOf, type Job, type JobRow, totalOf } from "./job.ts";
import { jobPace } from "./job-pace.ts";
import { jobState } from "./job-state.ts";

/** What is known beside a job's row. */
export interface JobSurroundings {
  /** Bytes of files that are under way. */
  readonly movingBytes: number;
  /** Whether any worker was seen lately. */
  readonly hasWorker: boolean;
  readonly now: Date;
}

/** A job as its owner may see it. */
export function toJob(row: JobRow, around: JobSurroundings): Job {
  const counters = countersOf(row);
  const totalItems = totalOf(counters);
  const state = jobState(row, around);
  const isPaused = state === "paused";
  return {
    id: row.id,
    type: row.type,
    connectionId: row.connectionId,
    provider: row.provider,
    status: row.status,
    state,
    counters,
    totalItems,
    bytesDone: row.bytesDone + around.movingBytes,
    bytesTotal: row.bytesTotal,
    ...jobPace({ ...row, state, totalItems, ...around }),
    pausedUntil: isPaused ? row.pausedUntil : null,
    pauseCode: isPaused ? row.pauseCode : null,
    visibility: row.visibility,
    attempt: row.attempt,
    openFolders: row.openFolders,
    ignoredFiles: row.ignoredFiles,
    errorCode: row.errorCode,
    errorMessage: row.errorMessage,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    startedAt: row.startedAt,
    completedAt: row.completedAt,
  };
}
