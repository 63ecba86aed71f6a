import { and, eq, sql } from "drizzle-orm";
import { type Database, type Transaction, transferJobs } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { type Clock, DrivewayError } from "../platform/index.ts";
import type { Queue } from "../queue/index.ts";
import { getJob } from "./get-job.ts";
import { keepKey, type Repeatable } from "./idempotency/index.ts";
import type { Job, JobRow } from "./job.ts";
import { lockJob } from "./lock-job.ts";
import { planChunks } from "./plan-chunks.ts";
import { requireOpenRoom } from "./quotas/require-open-room.ts";
import { releaseChunks } from "./release-chunks.ts";
import type { TransferConnections } from "./transfer-connections.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";

/**
 * Runs the failed items of a job that has ended again, within the same job. Items that are done, skipped or cancelled
 * stay so; ids that were reserved for images and files stay too, so nothing is made twice. Of two retries at the same
 * time one wins.
 * @returns the job, which is open again
 * @throws {DrivewayError} `job_not_found`, `forbidden` for a colleague's, `connection_not_found`, `REAUTH_REQUIRED`,
 *   `job_not_finished`, `nothing_to_retry`, `too_many_open_jobs`, `idempotency_key_in_flight`
 * @throws {KeyTakenError} when a request with the same Idempotency-Key was quicker
 */
export async function retryJob(
  parts: {
    readonly db: Database;
    readonly queue: Queue;
    readonly connections: Pick<TransferConnections, "getOwnConnection">;
    readonly clock: Clock;
    readonly limits: Pick<TransferLimits, "maxOpenJobs" | "maxOpenFiles">;
    readonly shape: TransferShape;
  },
  wanted: {
    readonly principal: Principal;
    readonly jobId: string;
    readonly repeatable?: Repeatable | null;
  },
): Promise<Job> {
  const { principal } = wanted;
  const now = () => new Date(parts.clock.now());
  const known = await getJob({ ...parts, now }, wanted);
  requireRetryable({ isOver: known.completedAt !== null, failed: known.counters.failed });
  await parts.connections.getOwnConnection({ principal, id: known.connectionId });
  await parts.db.transaction(async (tx) => {
    const job = await lockJob(tx, { tenantId: principal.tenantId, jobId: wanted.jobId });
    if (job === null) throw new DrivewayError("job_not_found", "There is no such job.");
    await keepKey(tx, { ...principal, jobId: job.id }, wanted.repeatable ?? null);
    requireRetryable({ isOver: job.completedAt !== null, failed: job.failedItems });
    await reopenItems(tx, job, parts.shape);
    await reopenJob(tx, job, now());
    await releaseChunks(tx, { tenantId: job.tenantId, ...parts });
    const adding = { jobs: 0, files: 0 };
    await requireOpenRoom(tx, { tenantId: job.tenantId, limits: parts.limits, adding });
  });
  return getJob({ ...parts, now }, wanted);
}

function requireRetryable({ isOver, failed }: { readonly isOver: boolean; readonly failed: number }): void {
  if (!isOver) throw new DrivewayError("job_not_finished", "The job is still at work; wait for its end.");
  if (failed === 0) throw new DrivewayError("nothing_to_retry", "No file of this job has failed.");
}

/**
 * Puts the failed items into chunks of their own, behind the ones that are settled. Their fencing tokens go on from
 * those of the settled ones, since the blobs of an item's tries are told apart by them.
 */
async function reopenItems(tx: Transaction, job: JobRow, shape: TransferShape): Promise<void> {
  const chunks = planChunks({
    itemCount: job.failedItems,
    chunkConcurrency: shape.chunkConcurrency,
    windowChunks: shape.connectionChunks,
  });
  const { rows } = await tx.execute<{ next: number; token: number }>(sql`
    select coalesce(max(number) + 1, 0)::int as next, coalesce(max(fencing_token), 0)::int as token
    from transfer_chunks
    where tenant_id = ${job.tenantId} and job_id = ${job.id}`);
  const numberOf = (chunk: { readonly number: number }) => (rows[0]?.next ?? 0) + chunk.number;
  await tx.execute(sql`
    insert into transfer_chunks (job_id, number, tenant_id, connection_id, state, fencing_token)
    select ${job.id}, number, ${job.tenantId}, ${job.connectionId}::uuid, 'waiting', ${rows[0]?.token ?? 0}::int
    from unnest(${sql.param(chunks.map(numberOf))}::int[]) as planned (number)`);
  const chunkNumbers = chunks.flatMap((chunk) => Array<number>(chunk.count).fill(numberOf(chunk)));
  const reopened = await tx.execute(sql`
    with failed as (
      select position, row_number() over (order by position) as rank from transfer_items
      where tenant_id = ${job.tenantId} and job_id = ${job.id} and state = 'failed'
    )
    update transfer_items item
    set state = 'pending', chunk_number = planned.number, bytes_done = 0, facts = null,
      error_code = null, error_message = null, finished_at = null
    from failed join unnest(${sql.param(chunkNumbers)}::int[]) with ordinality as planned (number, ordinal)
      on planned.ordinal = failed.rank
    where item.tenant_id = ${job.tenantId} and item.job_id = ${job.id} and item.position = failed.position`);
  if (reopened.rowCount !== job.failedItems) throw new Error(`the failed items of ${job.id} were miscounted`);
}

async function reopenJob(tx: Transaction, job: JobRow, now: Date): Promise<void> {
  await tx
    .update(transferJobs)
    .set({
      status: "pending",
      pendingItems: job.pendingItems + job.failedItems,
      failedItems: 0,
      attempt: job.attempt + 1,
      startedAt: null,
      bytesBefore: job.bytesDone,
      itemsBefore: job.doneItems + job.skippedItems + job.cancelledItems,
      errorCode: null,
      errorMessage: null,
      completedAt: null,
      updatedAt: now,
    })
    .where(and(eq(transferJobs.tenantId, job.tenantId), eq(transferJobs.id, job.id)));
}
