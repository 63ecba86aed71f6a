import { and, eq, isNull } from "drizzle-orm";
import { type Database, transferJobs } from "../db/index.ts";
import { type Drive, DriveError } from "../drives/index.ts";
import type { ExportOptions, JobRow } from "./job.ts";

/**
 * The folder that an export writes to: the one named, the root, or one that is made for the job. Its id is reserved
 * and stored before it is made, so that neither a repetition nor two workers at once make a second.
 * @returns the folder's id; null for the root of the user's own drive
 * @throws {DriveError} when the folder cannot be made
 */
export async function ensureTargetFolder(
  parts: { readonly db: Database; readonly drive: Drive },
  job: JobRow,
  signal: AbortSignal,
): Promise<string | null> {
  const { folderId, folderName } = job.options as ExportOptions;
  if (folderName === null) return folderId;
  if (job.targetFolderReady && job.targetFolderId !== null) return job.targetFolderId;
  const id = job.targetFolderId ?? (await reserveFolderId(parts, job, signal));
  try {
    await parts.drive.createFolder({ id, name: folderName, parentId: folderId }, signal);
  } catch (error) {
    if (!(error instanceof DriveError && error.kind === "exists")) throw error;
  }
  await parts.db.update(transferJobs).set({ targetFolderReady: true }).where(isJob(job));
  return id;
}

/** Stores a reserved id, or finds the one that another worker stored first. */
async function reserveFolderId(
  parts: { readonly db: Database; readonly drive: Drive },
  job: JobRow,
  signal: AbortSignal,
): Promise<string> {
  const [reserved] = await parts.drive.reserveIds(1, signal);
  if (reserved === undefined) {
    throw new DriveError("try_later", "The Drive reserved no id.", { reason: "no_ids" });
  }
  await parts.db
    .update(transferJobs)
    .set({ targetFolderId: reserved })
    .where(and(isJob(job), isNull(transferJobs.targetFolderId)));
  const [row] = await parts.db
    .select({ targetFolderId: transferJobs.targetFolderId })
    .from(transferJobs)
    .where(isJob(job));
  return row?.targetFolderId ?? reserved;
}

function isJob(job: JobRow) {
  return and(eq(transferJobs.tenantId, job.tenantId), eq(transferJobs.id, job.id));
}
