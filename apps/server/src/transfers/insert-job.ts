import { sql } from "drizzle-orm";
import { type Database, type Transaction, transferJobs } from "../db/index.ts";
import { holdUser } from "../identity/index.ts";
import { newId } from "../platform/index.ts";
import type { Queue } from "../queue/index.ts";
import { keepKey, type Repeatable } from "./idempotency/index.ts";
import type { ExportOptions, ImportOptions, JobType } from "./job.ts";
import type { NewItems } from "./new-items.ts";
import { planChunks } from "./plan-chunks.ts";
import { requireOpenRoom } from "./quotas/require-open-room.ts";
import { releaseChunks } from "./release-chunks.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";

/**
 * Writes a job with its items, its chunks and its first messages in one transaction, in a handful of statements
 * however many items there are.
 * @returns the job's id
 * @throws {DrivewayError} `unauthenticated` when the user was removed since they were authenticated,
 *   `too_many_open_jobs`, `idempotency_key_in_flight`
 * @throws {KeyTakenError} when a request with the same Idempotency-Key was quicker
 */
export async function insertJob(
  parts: {
    readonly db: Database;
    readonly queue: Queue;
    readonly limits: Pick<TransferLimits, "maxOpenJobs" | "maxOpenFiles">;
    readonly shape: TransferShape;
    readonly now: Date;
  },
  job: {
    readonly type: JobType;
    readonly tenantId: string;
    readonly userId: string;
    readonly connectionId: string;
    readonly provider: string;
    readonly options: ImportOptions | ExportOptions;
    readonly items: NewItems;
    /** Null when its request brought no Idempotency-Key. */
    readonly repeatable: Repeatable | null;
  },
): Promise<string> {
  const id = newId("job");
  await parts.db.transaction(async (tx) => {
    await holdUser(tx, job);
    const open = { tenantId: job.tenantId, limits: parts.limits };
    await requireOpenRoom(tx, { ...open, adding: { jobs: 1, files: job.items.count } });
    await tx.insert(transferJobs).values({
      id,
      tenantId: job.tenantId,
      userId: job.userId,
      type: job.type,
      connectionId: job.connectionId,
      provider: job.provider,
      status: "pending",
      options: job.options,
      pendingItems: job.items.count,
      createdAt: parts.now,
      updatedAt: parts.now,
    });
    await keepKey(tx, { ...job, jobId: id }, job.repeatable);
    await insertChunksAndItems(tx, { id, ...job, shape: parts.shape });
    await releaseChunks(tx, { tenantId: job.tenantId, queue: parts.queue, shape: parts.shape });
    await requireOpenRoom(tx, { ...open, adding: { jobs: 0, files: 0 } });
  });
  return id;
}

/** Chunks and positions are put together by the database: the items pass through here as they came. */
async function insertChunksAndItems(
  tx: Transaction,
  job: {
    readonly id: string;
    readonly type: JobType;
    readonly tenantId: string;
    readonly connectionId: string;
    readonly items: NewItems;
    readonly shape: TransferShape;
  },
): Promise<void> {
  const chunks = planChunks({
    itemCount: job.items.count,
    chunkConcurrency: job.shape.chunkConcurrency,
    windowChunks: job.shape.connectionChunks,
  });
  const numbers = sql.param(chunks.map((chunk) => chunk.number));
  await tx.execute(sql`
    insert into transfer_chunks (job_id, number, tenant_id, connection_id, state)
    select ${job.id}, number, ${job.tenantId}, ${job.connectionId}::uuid, 'waiting'
    from unnest(${numbers}::int[]) as planned (number)`);
  await tx.execute(sql`
    with planned as (
      select number, generate_series(first, first + count - 1) as position
      from unnest(
        ${numbers}::int[],
        ${sql.param(chunks.map(({ first }) => first))}::int[],
        ${sql.param(chunks.map(({ count }) => count))}::int[]
      ) as chunk (number, first, count)
    )
    insert into transfer_items (
      job_id, position, tenant_id, chunk_number, state, provider_file_id, image_id, name, size_bytes, resource_key
    )
    select ${job.id}, planned.position, ${job.tenantId}, planned.number, 'pending',
      item.file, item.image, coalesce(item.name, ''), item.size, item.key
    from rows from (
      json_to_recordset(${sql.param(job.items.json)}::json)
        as (file text, image text, name text, size bigint, key text)
    ) with ordinality as item (file, image, name, size, key, ordinal)
    join planned on planned.position = item.ordinal - 1`);
  if (job.type === "export") await describeFromLibrary(tx, job);
  await tx.execute(sql`
    update transfer_jobs set bytes_total = (
      select coalesce(sum(size_bytes), 0) from transfer_items
      where tenant_id = ${job.tenantId} and job_id = ${job.id}
    ) where tenant_id = ${job.tenantId} and id = ${job.id}`);
}

/** An export is named by images alone: what they are called and how large they are is known. */
async function describeFromLibrary(
  tx: Transaction,
  job: { readonly id: string; readonly tenantId: string },
): Promise<void> {
  await tx.execute(sql`
    update transfer_items item set name = image.filename, size_bytes = image.size_bytes
    from images image
    where item.tenant_id = ${job.tenantId} and item.job_id = ${job.id}
      and image.tenant_id = ${job.tenantId} and image.id = item.image_id`);
}
