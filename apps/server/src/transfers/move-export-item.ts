import { DriveError, type DriveFile } from "../drives/index.ts";
import type { Image } from "../library/index.ts";
import { DrivewayError } from "../platform/index.ts";
import { isDamagedBlob } from "./bytes/index.ts";
import type { ChunkRun } from "./chunk-run.ts";
import { driveMetadata, TAG_PROPERTY } from "./drive-metadata.ts";
import { isImageContent } from "./is-image-content.ts";
import { type ItemError, itemError } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ItemRow } from "./job.ts";
import { keepUploadSession } from "./keep-upload-session.ts";
import { StopJobError } from "./stop-job-error.ts";
import { targetRefusal } from "./target-refusal.ts";
import { uploadImage } from "./upload-image.ts";

/** How often an image is sent whose bytes arrive wrong. */
const UPLOADS = 3;

/** One image that is to be put into the Drive. */
export interface ExportWork {
  readonly item: ItemRow;
  readonly image: Image;
  /** The id that was reserved for its file, or with `there` that file's own. */
  readonly fileId: string;
  /** Null for the root of the user's own drive. */
  readonly parentId: string | null;
  /** The file that the Drive has under this id, as far as it was asked; null when it has none. */
  readonly there: DriveFile | null;
}

/**
 * Puts one image into the Drive under one id. A file that is there already, from a try whose answer got lost or from an
 * earlier export that is to be replaced, is compared and not sent again when it is right. One that is wrong gets a new
 * revision, so that no wrong bytes stay and no second file is made.
 * @throws {StopJobError} when the target folder takes nothing
 * @throws {DriveError} what the Drive refuses, as far as it is not about the folder
 * @throws {DrivewayError} `storage_unavailable` when the whole store is out of order
 */
export async function moveExportItem(run: ChunkRun, work: ExportWork): Promise<ItemOutcome> {
  const { position } = work.item;
  try {
    const isThere = (await placeImage(run, work)) !== null;
    if (!isThere) return { state: "failed", position, error: wrongBytes(work.image) };
    return { state: "exported", position, bytes: work.image.sizeBytes, providerFileId: work.fileId };
  } catch (error) {
    const fault = await blobFault(run, work.image, error);
    if (fault === null) throw error;
    run.log.error({ err: error, image: work.image.id }, "an image's bytes cannot be exported");
    return { state: "failed", position, error: fault };
  }
}

/** @returns the file with the right bytes; null when they arrived wrong every time */
async function placeImage(run: ChunkRun, work: ExportWork): Promise<DriveFile | null> {
  let uploads = work.there === null ? 1 : 0;
  let file = work.there ?? (await makeFile(run, work));
  while (!(await isImageContent(run.blobs, file, work.image, run.signal))) {
    if (uploads === UPLOADS) return null;
    uploads += 1;
    file = await send(run, work, file);
  }
  return file;
}

async function makeFile(run: ChunkRun, work: ExportWork): Promise<DriveFile> {
  try {
    const file = await send(run, work, null);
    if (file.trashed) throw new StopJobError(itemError("folder_trashed"));
    return file;
  } catch (error) {
    if (error instanceof DriveError && error.kind === "exists") return await findFile(run, work, error);
    throw targetRefusal(error, work.parentId) ?? error;
  }
}

async function findFile(run: ChunkRun, work: ExportWork, refusal: DriveError): Promise<DriveFile> {
  const [answer] = await run.drive.getFiles([{ id: work.fileId }], run.signal);
  if (answer === undefined) throw refusal;
  if (!answer.ok) throw answer.error;
  return answer.file;
}

/** @param old the file that gets a new revision; null to make one */
function send(run: ChunkRun, work: ExportWork, old: DriveFile | null): Promise<DriveFile> {
  const { item, image, fileId, parentId } = work;
  const { blobKey, sizeBytes, sha256 } = image;
  const { chunk } = run;
  const { name, description, properties } = driveMetadata(image, chunk.job.id);
  const revises = old !== null;
  const content = { fileId, revises, sizeBytes, sha256 };
  const upload = {
    id: fileId,
    revises,
    sizeBytes,
    name,
    mimeType: image.mediaType,
    parentId,
    properties: { ...oldTags(old), ...properties },
    description,
    createdAt: image.takenAt,
    session: keepUploadSession(run, { chunk, position: item.position, content }),
  };
  return uploadImage(run, { blobKey, sha256, upload });
}

/** Takes away what an earlier export wrote of tags; properties that nobody names stay as they are. */
function oldTags(old: DriveFile | null): Record<string, null> {
  const keys = Object.keys(old?.properties ?? {}).filter((key) => key.startsWith(TAG_PROPERTY));
  return Object.fromEntries(keys.map((key) => [key, null]));
}

/** What is wrong with this image's blob alone; null when the fault is another, or may be all blobs'. */
async function blobFault(run: ChunkRun, image: Image, error: unknown): Promise<ItemError | null> {
  if (!(error instanceof DrivewayError) || error.code !== "storage_unavailable") return null;
  if (isDamagedBlob(error)) return itemError("image_damaged");
  if ((await run.blobs.sizeBytes(image.blobKey)) !== null) return null;
  const { tenantId } = run.chunk.job;
  const [still] = await run.library.findImages({ tenantId, ids: [image.id] });
  if (still === undefined) return itemError("image_not_found");
  return { code: "storage_unavailable", message: "The image's bytes are missing in the library." };
}

function wrongBytes(image: Image): ItemError {
  const { code } = itemError("checksum_mismatch");
  const message = `The bytes of "${image.filename}" arrived wrong in the Drive ${UPLOADS} times; the file there is not the image.`;
  return { code, message };
}
