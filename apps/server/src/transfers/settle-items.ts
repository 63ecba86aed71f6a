import { and, eq, sql } from "drizzle-orm";
import { type Database, type Transaction, transferChunks, transferItems, transferJobs } from "../db/index.ts";
import type { Queue } from "../queue/index.ts";
import type { TakenChunk } from "./begin-chunk.ts";
import { bookItems } from "./end-job.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { JobRow } from "./job.ts";
import type { StopReason } from "./job-end.ts";
import { lockJob } from "./lock-job.ts";
import { releaseChunks } from "./release-chunks.ts";
import { stopJob } from "./stop-job.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";
import { type ChunkNews, writeNews } from "./write-news.ts";
import { type SettlementLibrary, writeOutcomes } from "./write-outcomes.ts";

/** What a worker that took a chunk may write about it. */
export interface ChunkWrites {
  /**
   * Writes outcomes, the images that came of them and the job's counters in one transaction. With `isLast`, and with the job's
   * end, the chunk is settled and the next one is released.
   * @returns false when the chunk is not this worker's any more: nothing was written, its work is to be dropped
   */
  settle(outcomes: readonly ItemOutcome[], isLast: boolean): Promise<boolean>;
  /** Writes what was learned of the chunk's files before their bytes. Returns false like `settle`. */
  tell(news: ChunkNews): Promise<boolean>;
  /**
   * Puts what is open in the chunk back and has the chunk come again after a while, as often as it takes. Its permit is
   * free for others meanwhile, and the job says that it pauses, and why. Returns false like `settle`.
   * @param pause.code a stable word for what is waited for
   */
  defer(seconds: number, pause: { readonly code: string }): Promise<boolean>;
  /**
   * Writes how many bytes of items that have not ended have moved; the settlement of the chunk sets it to none. Returns
   * false like `settle`.
   */
  reportMoving(bytes: number): Promise<boolean>;
  /** Removes from the store what belongs to outcomes that were refused: no row will ever name it. */
  drop(outcomes: readonly ItemOutcome[]): Promise<void>;
  /** Ends the whole job at once, for a reason that meets all its items. Returns false like `settle`. */
  stop(params: { readonly endState: "failed" | "cancelled"; readonly reason: StopReason }): Promise<boolean>;
}

type Parts = {
  readonly db: Database;
  readonly queue: Queue;
  readonly library: SettlementLibrary;
  readonly limits: Pick<TransferLimits, "storageQuotaBytes">;
  readonly shape: TransferShape;
  readonly now: () => Date;
};

/** Binds the writes to one delivery of one chunk, by its fencing token. */
export function chunkWrites(parts: Parts, chunk: TakenChunk): ChunkWrites {
  const { job } = chunk;
  const asHolder = (work: (tx: Transaction, locked: JobRow) => Promise<void>): Promise<boolean> =>
    parts.db.transaction(async (tx) => {
      const locked = await lockHeld(tx, chunk);
      if (locked === null) return false;
      await work(tx, locked);
      return true;
    });
  const release = (tx: Transaction) => releaseChunks(tx, { tenantId: job.tenantId, ...parts });
  const settleChunk = async (tx: Transaction) => {
    await tx.update(transferChunks).set({ state: "settled", movingBytes: 0 }).where(isChunk(chunk));
    await release(tx);
  };
  return {
    async settle(outcomes, isLast) {
      let surplusBlobs: readonly string[] = [];
      const isHeld = await asHolder(async (tx) => {
        const now = parts.now();
        const written = await writeOutcomes(tx, { ...parts, now }, { job, from: "running", outcomes });
        ({ surplusBlobs } = written);
        if (isLast || written.hasEnded) await settleChunk(tx);
      });
      if (isHeld) await parts.library.removeBlobs(surplusBlobs);
      return isHeld;
    },
    tell: (news) =>
      asHolder(async (tx, locked) => {
        const told = { job: locked, from: "running", news } as const;
        if (await writeNews(tx, { queue: parts.queue, now: parts.now() }, told)) await settleChunk(tx);
      }),
    defer: (seconds, pause) =>
      asHolder(async (tx) => {
        await putBack(tx, parts, chunk);
        await pauseChunk(tx, chunk, { seconds, ...pause });
        const message = { tenantId: job.tenantId, jobId: job.id };
        await parts.queue.send(tx, "resume-job", message, { startAfterSeconds: seconds });
        await release(tx);
      }),
    async reportMoving(movingBytes) {
      const { fencingToken } = chunk;
      const written = await parts.db
        .update(transferChunks)
        .set({ movingBytes })
        .where(
          and(
            isChunk(chunk),
            eq(transferChunks.fencingToken, fencingToken),
            eq(transferChunks.state, "released"),
          ),
        );
      return written.rowCount === 1;
    },
    async drop(outcomes) {
      const images = outcomes.flatMap((outcome) => (outcome.state === "imported" ? [outcome.image] : []));
      await parts.library.removeBlobs(images.map(({ blobKey }) => blobKey));
    },
    stop: ({ endState, reason }) =>
      asHolder(async (tx) => {
        await stopJob(tx, { job, endState, reason, now: parts.now() });
        await release(tx);
      }),
  };
}

/** Locks job and chunk, and compares the fencing token. Null when the chunk is not this worker's any more. */
async function lockHeld(tx: Transaction, chunk: TakenChunk): Promise<JobRow | null> {
  const job = await lockJob(tx, { tenantId: chunk.job.tenantId, jobId: chunk.job.id });
  if (job === null || job.completedAt !== null) return null;
  const [row] = await tx
    .select({ state: transferChunks.state, fencingToken: transferChunks.fencingToken })
    .from(transferChunks)
    .where(isChunk(chunk))
    .for("update");
  return row?.state === "released" && row.fencingToken === chunk.fencingToken ? job : null;
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

/** By the database's clock, which also says when a message may be delivered. */
async function pauseChunk(
  tx: Transaction,
  chunk: TakenChunk,
  pause: { readonly seconds: number; readonly code: string },
): Promise<void> {
  const until = sql`now() + make_interval(secs => ${pause.seconds})`;
  await tx
    .update(transferChunks)
    .set({ state: "waiting", notBefore: until, movingBytes: 0 })
    .where(isChunk(chunk));
  await tx
    .update(transferJobs)
    .set({ pausedUntil: until, pauseCode: pause.code })
    .where(and(eq(transferJobs.tenantId, chunk.job.tenantId), eq(transferJobs.id, chunk.job.id)));
}

function isChunk(chunk: TakenChunk) {
  return and(
    eq(transferChunks.tenantId, chunk.job.tenantId),
    eq(transferChunks.jobId, chunk.job.id),
    eq(transferChunks.number, chunk.chunkNumber),
  );
}
