import { and, eq, inArray, isNotNull } from "drizzle-orm";
import { type Database, type Notifications, transferJobs } from "../db/index.ts";
import type { Log } from "../platform/index.ts";
import { JOB_CHANNEL } from "./end-job.ts";

/** The net below the notifications, which may be missed. */
const RECHECK_MS = 1000;

type JobOfChunk = { readonly tenantId: string; readonly jobId: string };

/** The chunks that this process works on, so that it drops those of a job that ends meanwhile. */
export interface UnderWay {
  /**
   * Enters a chunk.
   * @returns a signal that is aborted when the chunk's job has ended, and what takes the chunk out again
   */
  enter(job: JobOfChunk): { readonly ended: AbortSignal; readonly leave: () => void };
  /** Ends the looking. */
  stop(): void;
}

/** Hears of the end of jobs with the commit that ends them, and looks at the rows every second besides. */
export function createUnderWay(parts: {
  readonly db: Database;
  readonly notifications: Notifications;
  readonly log: Log;
}): UnderWay {
  const chunks = new Map<symbol, { readonly job: JobOfChunk; readonly ending: AbortController }>();
  const drop = (jobIds: ReadonlySet<string>): void => {
    for (const { job, ending } of chunks.values()) {
      if (jobIds.has(job.jobId)) ending.abort(new Error("the job has ended"));
    }
  };
  // The rows are asked even after a notification: the job it tells of may have been opened again since.
  const look = (jobId: string | null): void => {
    const open = [...chunks.values()].filter(
      ({ job, ending }) => !ending.signal.aborted && (jobId === null || job.jobId === jobId),
    );
    if (open.length === 0) return;
    readEnded(
      parts.db,
      open.map(({ job }) => job),
    ).then(drop, (error: unknown) =>
      parts.log.error({ err: error }, "the jobs under way could not be looked at"),
    );
  };
  const unsubscribe = parts.notifications.subscribe(JOB_CHANNEL, look);
  const timer = setInterval(() => look(null), RECHECK_MS).unref();
  return {
    enter(job) {
      const key = Symbol(job.jobId);
      const ending = new AbortController();
      chunks.set(key, { job, ending });
      return { ended: ending.signal, leave: () => void chunks.delete(key) };
    },
    stop() {
      clearInterval(timer);
      unsubscribe();
    },
  };
}

/** Those of the jobs that have ended, asked tenant by tenant. */
async function readEnded(db: Database, jobs: readonly JobOfChunk[]): Promise<ReadonlySet<string>> {
  const byTenant = Map.groupBy(jobs, ({ tenantId }) => tenantId);
  const found = await Promise.all(
    [...byTenant].map(([tenantId, ofTenant]) => {
      const ids = ofTenant.map(({ jobId }) => jobId);
      return db
        .select({ id: transferJobs.id })
        .from(transferJobs)
        .where(
          and(
            eq(transferJobs.tenantId, tenantId),
            inArray(transferJobs.id, ids),
            isNotNull(transferJobs.completedAt),
          ),
        );
    }),
  );
  return new Set(found.flat().map(({ id }) => id));
}
