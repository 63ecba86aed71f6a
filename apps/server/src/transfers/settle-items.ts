import { and, eq, sql } from "drizzle-orm";
import { type Database, type Transaction, transferChunks, transferItems, transferJobs } from "../db/index.ts";
import type { Library, NewImage } from "../library/index.ts";
import type { Queue } from "../queue/index.ts";
import type { TakenChunk } from "./begin-chunk.ts";
import { bookItems } from "./end-job.ts";
import type { ItemError } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ImportOptions } from "./job.ts";
import { joinKnown } from "./join-known.ts";
import type { StopReason } from "./job-end.ts";
import { lockJob } from "./lock-job.ts";
import { dropUploadSessions } from "./keep-upload-session.ts";
import { withinQuota } from "./quotas/within-quota.ts";
import { releaseChunks } from "./release-chunks.ts";
import { stopJob } from "./stop-job.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";

/** What a worker that took a chunk may write about it. */
export interface ChunkWrites {
  /**
   * Writes outcomes, the images that came of them and the job's counters in one transaction. With `isLast` the chunk
   * is settled and the next one is released.
   * @returns false when the chunk is not this worker's any more: nothing was written, its work is to be dropped
   */
  settle(outcomes: readonly ItemOutcome[], isLast: boolean): Promise<boolean>;
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
  readonly library: Pick<
    Library,
    "insertImages" | "lockContent" | "findKnownImages" | "welcomeAgain" | "removeBlobs" | "lockStoredBytes"
  >;
  readonly limits: Pick<TransferLimits, "storageQuotaBytes">;
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
    async settle(outcomes, isLast) {
      let surplusBlobs: readonly string[] = [];
      const isHeld = await asHolder(async (tx) => {
        surplusBlobs = await writeOutcomes(tx, parts, chunk, outcomes);
        if (!isLast) return;
        await tx.update(transferChunks).set({ state: "settled", movingBytes: 0 }).where(isChunk(chunk));
        await release(tx);
      });
      if (isHeld) await parts.library.removeBlobs(surplusBlobs);
      return isHeld;
    },
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

/** Returns the keys of blobs that no image came of, for they are in the library already or there is no room for them. */
async function writeOutcomes(
  tx: Transaction,
  parts: Parts,
  chunk: TakenChunk,
  arrived: readonly ItemOutcome[],
): Promise<string[]> {
  if (arrived.length === 0) return [];
  const now = parts.now();
  const outcomes = await asTheyCanBeKept(tx, parts, chunk, arrived);
  const written = await updateItems(tx, chunk, outcomes, now);
  if (chunk.job.type === "export" && written.size > 0) {
    const { tenantId, id: jobId } = chunk.job;
    await dropUploadSessions(tx, { tenantId, jobId, positions: [...written] });
  }
  // An answer that got lost makes a worker write twice: what was booked the first time is not booked again.
  const fresh = outcomes.filter((outcome) => written.has(outcome.position));
  await writeImages(tx, parts, chunk, fresh);
  const count = (state: ItemOutcome["state"]) => fresh.filter((outcome) => outcome.state === state).length;
  const [failed, skipped] = [count("failed"), count("skipped")];
  const bytesDone = fresh.reduce((sum, outcome) => sum + bytesOf(outcome), 0);
  const done = fresh.length - failed - skipped;
  const change = { running: -fresh.length, done, skipped, failed, bytesDone };
  await bookItems(tx, { job: chunk.job, change, stop: null, now });
  const kept = new Set(fresh.flatMap((outcome) => (outcome.state === "imported" ? [outcome.position] : [])));
  return arrived.flatMap((outcome) =>
    outcome.state === "imported" && written.has(outcome.position) && !kept.has(outcome.position)
      ? [outcome.image.blobKey]
      : [],
  );
}

/** What is in the library already is skipped, and what it has no room for fails, with whatever is the same content. */
async function asTheyCanBeKept(
  tx: Transaction,
  parts: Parts,
  chunk: TakenChunk,
  arrived: readonly ItemOutcome[],
): Promise<readonly ItemOutcome[]> {
  const { job } = chunk;
  const quotaBytes = parts.limits.storageQuotaBytes;
  const joined = await joinKnown(tx, parts.library, job, arrived);
  const outcomes = await withinQuota(tx, parts, { job, quotaBytes, outcomes: joined });
  const lost = new Map(
    joined.flatMap((outcome, index) => {
      const end = outcomes[index];
      return outcome.state === "imported" && end?.state === "failed" ? [[outcome.image.id, end.error]] : [];
    }),
  );
  return outcomes.map((outcome): ItemOutcome => {
    const error = outcome.state === "skipped" ? lost.get(outcome.imageId ?? "") : undefined;
    return error === undefined ? outcome : { state: "failed", position: outcome.position, error };
  });
}

async function writeImages(
  tx: Transaction,
  parts: Parts,
  chunk: TakenChunk,
  outcomes: readonly ItemOutcome[],
): Promise<void> {
  const images = outcomes.flatMap((outcome): NewImage[] =>
    outcome.state === "imported" ? [outcome.image] : [],
  );
  if (images.length > 0) await parts.library.insertImages(tx, images);
  if (chunk.job.type === "export") return;
  const { tags, collectionId } = chunk.job.options as ImportOptions;
  const imageIds = outcomes.flatMap((outcome) =>
    outcome.state === "skipped" ? (outcome.imageId ?? []) : [],
  );
  await parts.library.welcomeAgain(tx, { tenantId: chunk.job.tenantId, imageIds, tags, collectionId });
}

async function updateItems(
  tx: Transaction,
  chunk: TakenChunk,
  outcomes: readonly ItemOutcome[],
  now: Date,
): Promise<ReadonlySet<number>> {
  const rows = outcomes.map(toRow);
  const { rows: written } = await tx.execute<{ position: number }>(sql`
    update transfer_items item
    set state = outcome.state, bytes_done = outcome.bytes, error_code = outcome.code,
      error_message = outcome.message, finished_at = ${now.toISOString()}::timestamptz,
      image_id = coalesce(outcome.image_id, item.image_id),
      provider_file_id = coalesce(outcome.provider_file_id, item.provider_file_id),
      sha256 = decode(outcome.sha256, 'hex'), blob_key = outcome.blob_key
    from unnest(
      ${sql.param(rows.map(({ position }) => position))}::int[],
      ${sql.param(rows.map(({ state }) => state))}::text[],
      ${sql.param(rows.map(({ bytes }) => bytes))}::bigint[],
      ${sql.param(rows.map(({ error }) => error?.code ?? null))}::text[],
      ${sql.param(rows.map(({ error }) => error?.message ?? null))}::text[],
      ${sql.param(rows.map(({ imageId }) => imageId))}::text[],
      ${sql.param(rows.map(({ providerFileId }) => providerFileId))}::text[],
      ${sql.param(rows.map(({ sha256 }) => sha256))}::text[],
      ${sql.param(rows.map(({ blobKey }) => blobKey))}::text[]
    ) as outcome (position, state, bytes, code, message, image_id, provider_file_id, sha256, blob_key)
    where item.tenant_id = ${chunk.job.tenantId} and item.job_id = ${chunk.job.id}
      and item.position = outcome.position and item.state = 'running'
    returning item.position`);
  return new Set(written.map(({ position }) => position));
}

/** What an outcome writes; null leaves ids as they are. */
interface OutcomeRow {
  readonly position: number;
  readonly state: "done" | "skipped" | "failed";
  readonly bytes: number;
  readonly error: ItemError | null;
  readonly imageId: string | null;
  readonly providerFileId: string | null;
  readonly sha256: string | null;
  readonly blobKey: string | null;
}

function toRow(outcome: ItemOutcome): OutcomeRow {
  const { position } = outcome;
  const bytes = bytesOf(outcome);
  const none = { error: null, imageId: null, providerFileId: null, sha256: null, blobKey: null };
  switch (outcome.state) {
    case "imported": {
      const { sha256, blobKey } = outcome.image;
      return { ...none, position, state: "done", bytes, sha256, blobKey };
    }
    case "exported":
      return { ...none, position, state: "done", bytes };
    case "skipped": {
      const { imageId = null, providerFileId = null, sha256 = null, blobKey = null } = outcome;
      return { ...none, position, state: "skipped", bytes, imageId, providerFileId, sha256, blobKey };
    }
    case "failed":
      return { ...none, position, state: "failed", bytes, error: outcome.error };
  }
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
