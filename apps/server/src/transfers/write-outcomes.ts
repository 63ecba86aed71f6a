import { sql } from "drizzle-orm";
import type { Transaction } from "../db/index.ts";
import type { Library, NewImage } from "../library/index.ts";
import { bookItems, type CounterChange } from "./end-job.ts";
import type { ItemError } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ImportOptions, JobRow } from "./job.ts";
import { joinKnown } from "./join-known.ts";
import { dropUploadSessions } from "./keep-upload-session.ts";
import { withinQuota } from "./quotas/within-quota.ts";
import type { TransferLimits } from "./transfer-limits.ts";

/** What the library does for a settlement. */
export type SettlementLibrary = Pick<
  Library,
  "insertImages" | "lockContent" | "findKnownImages" | "welcomeAgain" | "removeBlobs" | "lockStoredBytes"
>;

interface OutcomeParts {
  readonly library: SettlementLibrary;
  readonly limits: Pick<TransferLimits, "storageQuotaBytes">;
  readonly now: Date;
}

export interface WrittenOutcomes {
  readonly hasEnded: boolean;
  /**
   * Keys of blobs that no image came of, for they are in the library already or there is no room for them: to be removed after
   * the commit.
   */
  readonly surplusBlobs: readonly string[];
}

/**
 * Writes outcomes of items, the images that came of them and the job's counters. The job's row is locked by the caller.
 * An item that is not in the state `from` any more is left alone: an answer that got lost makes a worker write twice, and what
 * was booked the first time is not booked again.
 */
export async function writeOutcomes(
  tx: Transaction,
  parts: OutcomeParts,
  items: {
    readonly job: JobRow;
    readonly from: "pending" | "running";
    readonly outcomes: readonly ItemOutcome[];
  },
): Promise<WrittenOutcomes> {
  const { job, from, outcomes: arrived } = items;
  if (arrived.length === 0) return { hasEnded: false, surplusBlobs: [] };
  const outcomes = await asTheyCanBeKept(tx, parts, job, arrived);
  const written = await updateItems(tx, { job, from, outcomes, now: parts.now });
  if (job.type === "export" && written.size > 0) {
    const { tenantId, id: jobId } = job;
    await dropUploadSessions(tx, { tenantId, jobId, positions: [...written] });
  }
  const fresh = outcomes.filter((outcome) => written.has(outcome.position));
  await writeImages(tx, parts.library, job, fresh);
  const hasEnded = await bookItems(tx, { job, change: changeBy(fresh, from), stop: null, now: parts.now });
  return { hasEnded, surplusBlobs: surplusAmong(arrived, fresh) };
}

function changeBy(fresh: readonly ItemOutcome[], from: "pending" | "running"): CounterChange {
  const count = (state: ItemOutcome["state"]) => fresh.filter((outcome) => outcome.state === state).length;
  const [failed, skipped] = [count("failed"), count("skipped")];
  const bytesDone = fresh.reduce((sum, outcome) => sum + bytesOf(outcome), 0);
  return { [from]: -fresh.length, done: fresh.length - failed - skipped, skipped, failed, bytesDone };
}

function surplusAmong(arrived: readonly ItemOutcome[], fresh: readonly ItemOutcome[]): string[] {
  const given = new Map(fresh.map((outcome) => [outcome.position, outcome.state]));
  return arrived.flatMap((outcome) => {
    if (outcome.state !== "imported") return [];
    const state = given.get(outcome.position);
    return state === undefined || state === "imported" ? [] : [outcome.image.blobKey];
  });
}

/** What is in the library already is skipped, and what it has no room for fails, with whatever is the same content. */
async function asTheyCanBeKept(
  tx: Transaction,
  parts: OutcomeParts,
  job: JobRow,
  arrived: readonly ItemOutcome[],
): Promise<readonly ItemOutcome[]> {
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
  library: SettlementLibrary,
  job: JobRow,
  outcomes: readonly ItemOutcome[],
): Promise<void> {
  const images = outcomes.flatMap((outcome): NewImage[] =>
    outcome.state === "imported" ? [outcome.image] : [],
  );
  if (images.length > 0) await library.insertImages(tx, images);
  if (job.type === "export") return;
  const { tags, collectionId } = job.options as ImportOptions;
  const imageIds = outcomes.flatMap((outcome) =>
    outcome.state === "skipped" ? (outcome.imageId ?? []) : [],
  );
  await library.welcomeAgain(tx, { tenantId: job.tenantId, imageIds, tags, collectionId });
}

async function updateItems(
  tx: Transaction,
  items: {
    readonly job: JobRow;
    readonly from: "pending" | "running";
    readonly outcomes: readonly ItemOutcome[];
    readonly now: Date;
  },
): Promise<ReadonlySet<number>> {
  const { job, from, now } = items;
  const rows = items.outcomes.map(toRow);
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
    where item.tenant_id = ${job.tenantId} and item.job_id = ${job.id}
      and item.position = outcome.position and item.state = ${from}
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
      return { ...none, position, state: "done", bytes, providerFileId: outcome.providerFileId ?? null };
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
