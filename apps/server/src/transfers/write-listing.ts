import { and, eq, inArray, sql } from "drizzle-orm";
import { type Transaction, transferFolders, transferItems, transferJobs } from "../db/index.ts";
import type { DriveFile } from "../drives/index.ts";
import type { Queue } from "../queue/index.ts";
import { appendItems } from "./append-items.ts";
import { closeFolders } from "./close-folders.ts";
import { bookItems } from "./end-job.ts";
import { itemError } from "./item-errors.ts";
import { countersOf, type JobRow, totalOf } from "./job.ts";
import { openFolders } from "./open-folders.ts";
import { planChunks } from "./plan-chunks.ts";
import { releaseChunks } from "./release-chunks.ts";
import type { SortedListing } from "./sort-listing.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";
import { uniqueFiles } from "./unique-files.ts";

/** A page of a folder that is to be written. */
export interface ListedPage {
  readonly folderId: string;
  /** With which token the page was asked for; null for the first. */
  readonly pageToken: string | null;
  readonly nextPageToken: string | null;
  readonly listing: SortedListing;
}

type Parts = {
  readonly queue: Queue;
  readonly shape: TransferShape;
  readonly limits: Pick<TransferLimits, "maxFilesPerJob">;
  readonly now: Date;
};

/**
 * Writes a page of a folder: its pictures become items, its folders are opened in their turn, and the listing goes on at the next
 * page, all in one transaction. The page counts once, since its token is compared. A file that the job has already is left
 * alone. The job's row is locked by the caller.
 * @returns false when the folder is not at this page any more
 */
export async function writeListing(
  tx: Transaction,
  parts: Parts,
  job: JobRow,
  page: ListedPage,
): Promise<boolean> {
  const { pictures, folders, ignored } = page.listing;
  if (!(await turnPage(tx, job, page))) return false;
  const fresh = await leaveOutKnown(tx, job, uniqueFiles(pictures));
  const room = Math.max(0, parts.limits.maxFilesPerJob - totalOf(countersOf(job)));
  const [taken, surplus] = [fresh.slice(0, room), fresh.slice(room)];
  await appendPending(tx, job, parts.shape, taken);
  const end = { state: "failed", error: itemError("too_many_files"), now: parts.now } as const;
  const left = surplus.map(toAppended);
  await appendItems(tx, job, { files: left, chunkSizes: [left.length], end });
  const opened = await openFolders(tx, parts, job, folders);
  const closed = surplus.length === 0 ? 0 : await giveUp(tx, job, parts.now);
  const hasListed = page.nextPageToken === null ? 1 : 0;
  await bookItems(tx, {
    job,
    change: {
      pending: taken.length,
      failed: surplus.length + closed,
      openFolders: opened - closed - hasListed,
      bytesTotal: fresh.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
      ignoredFiles: ignored,
    },
    stop: null,
    now: parts.now,
  });
  await releaseChunks(tx, { tenantId: job.tenantId, ...parts });
  return true;
}

/** Moves the folder on, if it is at this page. */
async function turnPage(tx: Transaction, job: JobRow, page: ListedPage): Promise<boolean> {
  const { rowCount } = await tx
    .update(transferFolders)
    .set({
      pageToken: page.nextPageToken,
      state: page.nextPageToken === null ? "listed" : "open",
      filesFound: sql`${transferFolders.filesFound} + ${page.listing.pictures.length}`,
    })
    .where(
      and(
        eq(transferFolders.tenantId, job.tenantId),
        eq(transferFolders.jobId, job.id),
        eq(transferFolders.folderId, page.folderId),
        eq(transferFolders.state, "open"),
        sql`${transferFolders.pageToken} is not distinct from ${page.pageToken}`,
      ),
    );
  return rowCount === 1;
}

/** Ends the looking into folders of a job that is as large as a job may be, and keeps the reason for its end. */
async function giveUp(tx: Transaction, job: JobRow, now: Date): Promise<number> {
  const reason = itemError("too_many_files");
  await tx
    .update(transferJobs)
    .set({ errorCode: reason.code })
    .where(and(eq(transferJobs.tenantId, job.tenantId), eq(transferJobs.id, job.id)));
  return closeFolders(tx, job, { endState: "failed", reason, now });
}

async function leaveOutKnown(
  tx: Transaction,
  job: JobRow,
  files: readonly DriveFile[],
): Promise<readonly DriveFile[]> {
  if (files.length === 0) return [];
  const rows = await tx
    .select({ id: transferItems.providerFileId })
    .from(transferItems)
    .where(
      and(
        eq(transferItems.tenantId, job.tenantId),
        eq(transferItems.jobId, job.id),
        inArray(
          transferItems.providerFileId,
          files.map(({ id }) => id),
        ),
      ),
    );
  const known = new Set(rows.map(({ id }) => id));
  return files.filter(({ id }) => !known.has(id));
}

async function appendPending(
  tx: Transaction,
  job: JobRow,
  shape: TransferShape,
  files: readonly DriveFile[],
): Promise<void> {
  if (files.length === 0) return;
  const chunks = planChunks({
    itemCount: files.length,
    chunkConcurrency: shape.chunkConcurrency,
    windowChunks: shape.connectionChunks,
  });
  const chunkSizes = chunks.map(({ count }) => count);
  await appendItems(tx, job, { files: files.map(toAppended), chunkSizes, end: null });
}

function toAppended(facts: DriveFile) {
  const { id, name, resourceKey } = facts;
  return { id, name, resourceKey, facts };
}
