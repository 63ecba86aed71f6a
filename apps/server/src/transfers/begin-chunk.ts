import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { type Database, type Transaction, transferChunks, transferItems, transferJobs } from "../db/index.ts";
import type { ChunkMessage } from "../queue/index.ts";
import type { ItemRow, JobRow } from "./job.ts";
import { lockJob } from "./lock-job.ts";

/** A chunk that this worker has taken: the job, what is left to do in it, and the number that its writes must carry. */
export interface TakenChunk {
  readonly job: JobRow;
  readonly chunkNumber: number;
  readonly fencingToken: number;
  /** Not ended yet, by position. Those of an earlier delivery begin again. */
  readonly items: readonly ItemRow[];
}

/**
 * Takes a chunk for one delivery of its message: from now on only writes with the new fencing token count.
 * @returns null when there is nothing to do: the job has ended or the chunk is settled
 */
export async function beginChunk(db: Database, message: ChunkMessage, now: Date): Promise<TakenChunk | null> {
  return db.transaction(async (tx) => {
    const job = await lockJob(tx, message);
    if (job === null || job.completedAt !== null) return null;
    const [chunk] = await tx
      .update(transferChunks)
      .set({ fencingToken: sql`${transferChunks.fencingToken} + 1`, movingBytes: 0 })
      .where(
        and(
          eq(transferChunks.tenantId, message.tenantId),
          eq(transferChunks.jobId, message.jobId),
          eq(transferChunks.number, message.chunkNumber),
          eq(transferChunks.state, "released"),
        ),
      )
      .returning({ fencingToken: transferChunks.fencingToken });
    if (chunk === undefined) return null;
    await startItems(tx, message, now);
    const items = await readOpenItems(tx, message);
    return { job, chunkNumber: message.chunkNumber, fencingToken: chunk.fencingToken, items };
  });
}

async function startItems(tx: Transaction, message: ChunkMessage, now: Date): Promise<void> {
  const started = await tx
    .update(transferItems)
    .set({ state: "running" })
    .where(and(ofChunk(message), eq(transferItems.state, "pending")));
  const count = started.rowCount ?? 0;
  await tx
    .update(transferJobs)
    .set({
      status: "processing",
      pendingItems: sql`${transferJobs.pendingItems} - ${count}`,
      runningItems: sql`${transferJobs.runningItems} + ${count}`,
      startedAt: sql`coalesce(${transferJobs.startedAt}, ${now.toISOString()}::timestamptz)`,
      updatedAt: now,
    })
    .where(and(eq(transferJobs.tenantId, message.tenantId), eq(transferJobs.id, message.jobId)));
}

async function readOpenItems(tx: Transaction, message: ChunkMessage): Promise<ItemRow[]> {
  return tx
    .select()
    .from(transferItems)
    .where(and(ofChunk(message), inArray(transferItems.state, ["pending", "running"])))
    .orderBy(asc(transferItems.position));
}

function ofChunk(message: ChunkMessage) {
  return and(
    eq(transferItems.tenantId, message.tenantId),
    eq(transferItems.jobId, message.jobId),
    eq(transferItems.chunkNumber, message.chunkNumber),
  );
}
