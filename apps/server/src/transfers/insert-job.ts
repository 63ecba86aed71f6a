import { sql } from "drizzle-orm";
import { type Database, type Transaction, transferJobs } from "../db/index.ts";
import { holdUser } from "../identity/index.ts";
import { newId } from "../platform/index.ts";
import type { Queue } from "../queue/index.ts";
import { keepKey, type Repeatable } from "./idempotency/index.ts";
import type { ExportOptions, ImportOptions, JobType } from "./job.ts";
import { planChunks } from "./plan-chunks.ts";
import { requireOpenRoom } from "./quotas/require-open-room.ts";
import { releaseChunks } from "./release-chunks.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";

/** One file of a job that is to be made. */
export interface NewItem {
  /** The source of an import; null for an export, whose id is reserved later. */
  readonly providerFileId: string | null;
  /** The source of an export; for an import the id that its image will have. */
  readonly imageId: string;
  readonly name: string;
  /** What a file shared by a link may be reached with. */
  readonly resourceKey?: string | null;
}

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
    readonly items: readonly NewItem[];
    /** Null when its request brought no Idempotency-Key. */
    readonly repeatable: Repeatable | null;
  },
): Promise<string> {
  const id = newId("job");
  await parts.db.transaction(async (tx) => {
    await holdUser(tx, job);
    const open = { tenantId: job.tenantId, limits: parts.limits };
    await requireOpenRoom(tx, { ...open, adding: { jobs: 1, files: job.items.length } });
    await tx.insert(transferJobs).values({
      id,
      tenantId: job.tenantId,
      userId: job.userId,
      type: job.type,
      connectionId: job.connectionId,
      provider: job.provider,
      status: "pending",
      options: job.options,
      pendingItems: job.items.length,
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

async function insertChunksAndItems(
  tx: Transaction,
  job: {
    readonly id: string;
    readonly tenantId: string;
    readonly connectionId: string;
    readonly items: readonly NewItem[];
    readonly shape: TransferShape;
  },
): Promise<void> {
  const chunks = planChunks({
    itemCount: job.items.length,
    chunkConcurrency: job.shape.chunkConcurrency,
    windowChunks: job.shape.connectionChunks,
  });
  await tx.execute(sql`
    insert into transfer_chunks (job_id, number, tenant_id, connection_id, state)
    select ${job.id}, number, ${job.tenantId}, ${job.connectionId}::uuid, 'waiting'
    from unnest(${sql.param(chunks.map((chunk) => chunk.number))}::int[]) as planned (number)`);
  const chunkNumbers = chunks.flatMap((chunk) => Array<number>(chunk.count).fill(chunk.number));
  await tx.execute(sql`
    insert into transfer_items (job_id, position, tenant_id, chunk_number, state, provider_file_id, image_id, name,
      resource_key)
    select ${job.id}, item.ordinal - 1, ${job.tenantId}, item.chunk_number, 'pending',
      item.provider_file_id, item.image_id, item.name, item.resource_key
    from unnest(
      ${sql.param(chunkNumbers)}::int[],
      ${sql.param(job.items.map((item) => item.providerFileId))}::text[],
      ${sql.param(job.items.map((item) => item.imageId))}::text[],
      ${sql.param(job.items.map((item) => item.name))}::text[],
      ${sql.param(job.items.map((item) => item.resourceKey ?? null))}::text[]
    ) with ordinality as item (chunk_number, provider_file_id, image_id, name, resource_key, ordinal)`);
}
