import { and, eq, sql } from "drizzle-orm";
import { type Transaction, transferJobs } from "../db/index.ts";
import { itemError } from "./item-errors.ts";
import type { JobRow, JobType } from "./job.ts";
import { countersOf } from "./job.ts";
import { jobEnd, type JobStop } from "./job-end.ts";
import { takeTurn } from "./release-chunks.ts";

/** The channel on which a job's end is announced, with the job's id. */
export const JOB_CHANNEL = "driveway_job";

/** Items that changed their state: how many left each open state, and how many came to each end. */
export interface CounterChange {
  readonly pending?: number;
  readonly running?: number;
  readonly done?: number;
  readonly skipped?: number;
  readonly failed?: number;
  readonly cancelled?: number;
  readonly bytesDone?: number;
  /** Sizes that became known. */
  readonly bytesTotal?: number;
  /** Folders that are to be listed still. */
  readonly openFolders?: number;
  /** Files in folders that are no pictures. */
  readonly ignoredFiles?: number;
}

/**
 * Books item states on the job and ends the job with its last item: status, sentence, and word to those who wait.
 * The permits of its chunks are free then, also of those that a worker has not let go of yet. The job's row is locked by
 * the caller, who also releases the chunks of other jobs when the job has ended.
 * @param params.stop why the whole job was stopped, if it was
 * @returns whether the job has ended
 */
export async function bookItems(
  tx: Transaction,
  params: {
    readonly job: { readonly tenantId: string; readonly id: string; readonly type: JobType };
    readonly change: CounterChange;
    readonly stop: JobStop | null;
    readonly now: Date;
  },
): Promise<boolean> {
  const { change, now } = params;
  const ofJob = and(eq(transferJobs.tenantId, params.job.tenantId), eq(transferJobs.id, params.job.id));
  const [row] = await tx
    .update(transferJobs)
    .set({
      pendingItems: sql`${transferJobs.pendingItems} + ${change.pending ?? 0}`,
      runningItems: sql`${transferJobs.runningItems} + ${change.running ?? 0}`,
      doneItems: sql`${transferJobs.doneItems} + ${change.done ?? 0}`,
      skippedItems: sql`${transferJobs.skippedItems} + ${change.skipped ?? 0}`,
      failedItems: sql`${transferJobs.failedItems} + ${change.failed ?? 0}`,
      cancelledItems: sql`${transferJobs.cancelledItems} + ${change.cancelled ?? 0}`,
      bytesDone: sql`${transferJobs.bytesDone} + ${change.bytesDone ?? 0}`,
      ...(isSettled(change) ? { pausedUntil: null, pauseCode: null } : {}),
      bytesTotal: sql`${transferJobs.bytesTotal} + ${change.bytesTotal ?? 0}`,
      openFolders: sql`${transferJobs.openFolders} + ${change.openFolders ?? 0}`,
      ignoredFiles: sql`${transferJobs.ignoredFiles} + ${change.ignoredFiles ?? 0}`,
      updatedAt: now,
    })
    .where(ofJob)
    .returning();
  if (row === undefined || !isThrough(row)) return false;
  const stop = params.stop ?? keptReason(row);
  const end = jobEnd({ type: row.type, counters: countersOf(row), stop });
  await tx
    .update(transferJobs)
    .set({
      ...end,
      errorCode: stop?.code ?? null,
      pausedUntil: null,
      pauseCode: null,
      completedAt: now,
    })
    .where(ofJob);
  await settleChunks(tx, row);
  await tx.execute(sql`select pg_notify(${JOB_CHANNEL}, ${row.id})`);
  return true;
}

/** Whoever still holds one of them has written all of its items, and can write no more of the job that would settle it. */
async function settleChunks(tx: Transaction, job: JobRow): Promise<void> {
  await takeTurn(tx, job.tenantId);
  await tx.execute(sql`
    update transfer_chunks set state = 'settled', moving_bytes = 0
    where tenant_id = ${job.tenantId} and job_id = ${job.id} and state <> 'settled'`);
}

/** Whether something came to an end: the job moves, whatever it was said to wait for. */
function isSettled({ done = 0, skipped = 0, failed = 0, cancelled = 0 }: CounterChange): boolean {
  return done + skipped + failed + cancelled > 0;
}

/** What was noted while the job went on. */
function keptReason(row: JobRow): JobStop | null {
  return row.errorCode === "too_many_files" ? { ...itemError("too_many_files"), endState: "failed" } : null;
}

function isThrough(row: JobRow): boolean {
  return row.completedAt === null && row.pendingItems + row.runningItems + row.openFolders === 0;
}
