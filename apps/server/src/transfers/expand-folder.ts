import { and, eq, isNull } from "drizzle-orm";
import { type Database, transferFolders, transferJobs } from "../db/index.ts";
import { DriveError } from "../drives/index.ts";
import type { Delivery, FolderMessage } from "../queue/index.ts";
import { failFolder } from "./fail-folder.ts";
import { itemError } from "./item-errors.ts";
import type { JobRow } from "./job.ts";
import { judgeFault, pauseSeconds } from "./judge-fault.ts";
import { lockJob } from "./lock-job.ts";
import { releaseChunks } from "./release-chunks.ts";
import type { WorkerParts } from "./run-chunk.ts";
import { sortListing } from "./sort-listing.ts";
import { StopJobError } from "./stop-job-error.ts";
import { stopJob } from "./stop-job.ts";
import { writeListing } from "./write-listing.ts";

/** Deliveries that meet a fault which passes, before the folder fails by it. */
const PATIENT_DELIVERIES = 8;

/**
 * Lists a folder of an import page by page; what is in it becomes items and folders of the job. Whatever happens to this process,
 * another delivery goes on at the page that was not written.
 * @throws what should have the message delivered again
 */
export async function expandFolder(
  parts: WorkerParts,
  message: FolderMessage,
  delivery: Delivery,
): Promise<void> {
  try {
    while (await writeNextPage(parts, message, delivery.signal));
  } catch (error) {
    delivery.signal.throwIfAborted();
    await settleFault(parts, message, { error, isPatient: delivery.attempt < PATIENT_DELIVERIES });
  }
}

/** Returns whether there may be more to list. */
async function writeNextPage(
  parts: WorkerParts,
  message: FolderMessage,
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted();
  const found = await readOpenFolder(parts.db, message);
  if (found === null) return false;
  const { job, folder } = found;
  const properties = parts.connections.propertiesOf(job.provider);
  if (properties === null) throw new StopJobError(itemError("unknown_provider"));
  const { pageToken } = folder;
  const drive = await parts.connections.driveFor(job);
  const ref = { id: folder.folderId, resourceKey: folder.resourceKey };
  const page = await drive.listFolder({ folder: ref, pageToken }, signal).catch(async (error: unknown) => {
    if (isForgotten(error)) await beginAgain(parts.db, message, pageToken);
    throw error;
  });
  return parts.db.transaction(async (tx) => {
    const locked = await lockJob(tx, message);
    if (locked === null || locked.completedAt !== null) return false;
    const { nextPageToken } = page;
    const listing = sortListing(page.files, properties);
    const listed = { folderId: folder.folderId, pageToken, nextPageToken, listing };
    const now = new Date(parts.clock.now());
    return (await writeListing(tx, { ...parts, now }, locked, listed)) && nextPageToken !== null;
  });
}

async function readOpenFolder(
  db: Database,
  message: FolderMessage,
): Promise<{
  readonly job: JobRow;
  readonly folder: typeof transferFolders.$inferSelect;
} | null> {
  const { tenantId, jobId, folderId } = message;
  const [row] = await db
    .select({ job: transferJobs, folder: transferFolders })
    .from(transferFolders)
    .innerJoin(
      transferJobs,
      and(eq(transferJobs.tenantId, tenantId), eq(transferJobs.id, transferFolders.jobId)),
    )
    .where(
      and(
        eq(transferFolders.tenantId, tenantId),
        eq(transferFolders.jobId, jobId),
        eq(transferFolders.folderId, folderId),
        eq(transferFolders.state, "open"),
        isNull(transferJobs.completedAt),
      ),
    );
  return row ?? null;
}

function isForgotten(error: unknown): boolean {
  return error instanceof DriveError && error.reason === "page_token_refused";
}

/** The provider has forgotten where the listing was. What was written of it stays: a file is an item once. */
async function beginAgain(db: Database, message: FolderMessage, pageToken: string | null): Promise<void> {
  if (pageToken === null) return;
  await db
    .update(transferFolders)
    .set({ pageToken: null })
    .where(
      and(
        eq(transferFolders.tenantId, message.tenantId),
        eq(transferFolders.jobId, message.jobId),
        eq(transferFolders.folderId, message.folderId),
        eq(transferFolders.pageToken, pageToken),
      ),
    );
}

/** The job stops, or the folder waits, fails, or is tried again. */
async function settleFault(
  parts: WorkerParts,
  message: FolderMessage,
  { error, isPatient }: { readonly error: unknown; readonly isPatient: boolean },
): Promise<void> {
  const verdict = judgeFault(error);
  const now = new Date(parts.clock.now());
  const facts = { err: error, job: message.jobId };
  switch (verdict.kind) {
    case "stop":
      return stop(parts, message, { ...verdict, now });
    case "pause": {
      parts.log.warn(facts, "a folder waits until this has passed");
      const startAfterSeconds = pauseSeconds(verdict.pauseMs, Math.random());
      return parts.queue.send(parts.db, "expand-folder", message, { startAfterSeconds });
    }
    case "item":
    case "again":
      if (isPatient && mayPass(error)) throw error;
      parts.log.warn(facts, "a folder could not be listed");
      return failFolder({ ...parts, now }, message, verdict.error);
  }
}

function mayPass(error: unknown): boolean {
  return !(error instanceof DriveError) || error.kind === "try_later" || isForgotten(error);
}

async function stop(
  parts: WorkerParts,
  { tenantId, jobId }: FolderMessage,
  params: Omit<Parameters<typeof stopJob>[1], "job">,
): Promise<void> {
  await parts.db.transaction(async (tx) => {
    const job = await lockJob(tx, { tenantId, jobId });
    if (job === null || job.completedAt !== null) return;
    await stopJob(tx, { ...params, job });
    await releaseChunks(tx, { ...parts, tenantId });
  });
}
