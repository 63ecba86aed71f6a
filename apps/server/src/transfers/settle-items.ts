import { and, eq, sql } from "drizzle-orm";
import { type Database, type Transaction, transferChunks, transferItems } from "../db/index.ts";
import type { Library, NewImage } from "../library/index.ts";
import type { Queue } from "../queue/index.ts";
import type { TakenChunk } from "./begin-chunk.ts";
import { bookItems } from "./end-job.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { StopReason } from "./job-end.ts";
import { lockJob } from "./lock-job.ts";
import { releaseChunks } from "./release-chunks.ts";
import { stopJob } from "./stop-job.ts";
import type { TransferShape } from "./transfer-limits.ts";

/** What a worker that took a chunk may write about it. */
export interface ChunkWrites {
  /**
   * Writes outcomes, the images that came of them and the job's counters in one transaction. With `isLast` the chunk
   * is settled and the next one is released.
   * @returns false when the chunk is not this worker's any more: nothing was written, its work is to be dropped
   */
  settle(outcomes: readonly ItemOutcome[], isLast: boolean): Promise<boolean>;
  /**
   * Puts what is open in the chunk back and has the chunk come again after a while, as often as it takes. Returns false
   * like `settle`.
   */
  defer(seconds: number): Promise<boolean>;
  /** Ends the whole job at once, for a reason that meets all its items. Returns false like `settle`. */
  stop(params: { readonly endState: "failed" | "cancelled"; readonly reason: StopReason }): Promise<boolean>;
}

type Parts = {
  readonly db: Database;
  readonly queue: Queue;
  readonly library: Pick<Library, "insertImages">;
  readonly shape: TransferShape;
  readonly now: () => Date;
};

/** Binds the writes to one delivery of one chunk, by its fencing token. */
export function chunkWrites(parts: Parts, chunk: TakenChunk): ChunkWrites {
  const { job } = chunk;
  const asHolder = (work: (tx: Transaction) => Promise<void>): Promise<boolean> =>
    parts.db.transaction(async (tx) => {
      if (!(await holdsChunk(tx, chunk))) return false;
      await work(tx);
      return true;
    });
  const release = (tx: Transaction) => releaseChunks(tx, { tenantId: job.tenantId, ...parts });
  return {
    settle: (outcomes, isLast) =>
      asHolder(async (tx) => {
        await writeOutcomes(tx, parts, chunk, outcomes);
        if (!isLast) return;
        await tx.update(transferChunks).set({ state: "settled" }).where(isChunk(chunk));
        await release(tx);
      }),
    defer: (seconds) =>
      asHolder(async (tx) => {
        await putBack(tx, parts, chunk);
        const { tenantId, id: jobId } = job;
        const message = { tenantId, jobId, chunkNumber: chunk.chunkNumber };
        await parts.queue.send(tx, "transfer-chunk", message, { startAfterSeconds: seconds });
      }),
    stop: ({ endState, reason }) =>
      asHolder(async (tx) => {
        await stopJob(tx, { job, endState, reason, now: parts.now() });
        await release(tx);
      }),
  };
}

/** Locks job and chunk, and compares the fencing token. */
async function holdsChunk(tx: Transaction, chunk: TakenChunk): Promise<boolean> {
  const job = await lockJob(tx, { tenantId: chunk.job.tenantId, jobId: chunk.job.id });
  if (job === null || job.completedAt !== null) return false;
  const [row] = await tx
    .select({ state: transferChunks.state, fencingToken: transferChunks.fencingToken })
    .from(transferChunks)
    .where(isChunk(chunk))
    .for("update");
  return row !== undefined && row.state === "released" && row.fencingToken === chunk.fencingToken;
}

async function putBack(tx: Transaction, parts: Parts, chunk: TakenChunk): Promise<void> {
  const { job } = chunk;
  const put = await tx
    .update(transferItems)
    .set({ state: "pending" })
    .where(
      and(
        eq(transferItems.tenantId, job.tenantId),
        eq(transferItems.jobId, job.id),
        eq(transferItems.chunkNumber, chunk.chunkNumber),
        eq(transferItems.state, "running"),
      ),
    );
  const count = put.rowCount ?? 0;
  await bookItems(tx, { job, change: { running: -count, pending: count }, stop: null, now: parts.now() });
}

async function writeOutcomes(
  tx: Transaction,
  parts: Parts,
  chunk: TakenChunk,
  outcomes: readonly ItemOutcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  const now = parts.now();
  const written = await updateItems(tx, chunk, outcomes, now);
  // An answer that got lost makes a worker write twice: what was booked the first time is not booked again.
  const fresh = outcomes.filter((outcome) => written.has(outcome.position));
  const images = fresh.flatMap((outcome): NewImage[] =>
    outcome.state === "imported" ? [outcome.image] : [],
  );
  if (images.length > 0) await parts.library.insertImages(tx, images);
  const failed = fresh.filter((outcome) => outcome.state === "failed").length;
  const bytesDone = fresh.reduce((sum, outcome) => sum + bytesOf(outcome), 0);
  const change = { running: -fresh.length, done: fresh.length - failed, failed, bytesDone };
  await bookItems(tx, { job: chunk.job, change, stop: null, now });
}

async function updateItems(
  tx: Transaction,
  chunk: TakenChunk,
  outcomes: readonly ItemOutcome[],
  now: Date,
): Promise<ReadonlySet<number>> {
  const errors = outcomes.map((outcome) => (outcome.state === "failed" ? outcome.error : null));
  const { rows } = await tx.execute<{ position: number }>(sql`
    update transfer_items item
    set state = outcome.state, bytes_done = outcome.bytes, error_code = outcome.code,
      error_message = outcome.message, finished_at = ${now.toISOString()}::timestamptz
    from unnest(
      ${sql.param(outcomes.map(({ position }) => position))}::int[],
      ${sql.param(outcomes.map(({ state }) => (state === "failed" ? "failed" : "done")))}::text[],
      ${sql.param(outcomes.map(bytesOf))}::bigint[],
      ${sql.param(errors.map((error) => error?.code ?? null))}::text[],
      ${sql.param(errors.map((error) => error?.message ?? null))}::text[]
    ) as outcome (position, state, bytes, code, message)
    where item.tenant_id = ${chunk.job.tenantId} and item.job_id = ${chunk.job.id}
      and item.position = outcome.position and item.state = 'running'
    returning item.position`);
  return new Set(rows.map(({ position }) => position));
}

function bytesOf(outcome: ItemOutcome): number {
  return outcome.state === "failed" ? 0 : outcome.bytes;
}

function isChunk(chunk: TakenChunk) {
  return and(
    eq(transferChunks.tenantId, chunk.job.tenantId),
    eq(transferChunks.jobId, chunk.job.id),
    eq(transferChunks.number, chunk.chunkNumber),
  );
}
