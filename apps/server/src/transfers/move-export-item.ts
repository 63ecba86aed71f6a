import { DriveError, type DriveFile } from "../drives/index.ts";
import type { Image } from "../library/index.ts";
import type { TakenChunk } from "./begin-chunk.ts";
import type { ChunkRun } from "./chunk-run.ts";
import { itemError } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ItemRow } from "./job.ts";
import { keepUploadSession } from "./keep-upload-session.ts";
import { uploadImage } from "./upload-image.ts";

/**
 * Puts one image into the Drive under the id reserved for it. A file that is there already, from a try whose answer
 * got lost, is compared and not sent again.
 * @param work.fileId the reserved id
 * @param work.known what the Drive has under that id as far as it was asked; null when it has nothing
 * @throws {DriveError} `sign_in_again` or `quota_full`, which are not about this file
 * @throws {DrivewayError} `storage_unavailable`
 */
export async function moveExportItem(
  parts: Pick<ChunkRun, "drive" | "bytes" | "access" | "moving" | "db" | "keyring" | "clock">,
  work: {
    readonly chunk: TakenChunk;
    readonly item: ItemRow;
    readonly image: Image;
    readonly fileId: string;
    readonly parentId: string | null;
    readonly known: DriveFile | null;
  },
  signal: AbortSignal,
): Promise<ItemOutcome> {
  const { image } = work;
  const { position } = work.item;
  const file = work.known ?? (await uploadOnce(parts, work, signal));
  if (file === "folder_gone") return { state: "failed", position, error: itemError("folder_not_found") };
  if (!isSameContent(file, image)) {
    return { state: "failed", position, error: itemError("checksum_mismatch") };
  }
  return { state: "exported", position, bytes: image.sizeBytes };
}

async function uploadOnce(
  parts: Parameters<typeof moveExportItem>[0],
  work: Parameters<typeof moveExportItem>[1],
  signal: AbortSignal,
): Promise<DriveFile | "folder_gone"> {
  const { image, fileId } = work;
  const content = { fileId, revises: false, sizeBytes: image.sizeBytes, sha256: image.sha256 };
  const { chunk } = work;
  try {
    return await uploadImage(
      parts,
      {
        blobKey: image.blobKey,
        sizeBytes: image.sizeBytes,
        mimeType: image.mediaType,
        fileId,
        revises: false,
        parentId: work.parentId,
        name: image.filename,
        description: image.description,
        properties: { driveway_image: image.id, driveway_job: chunk.job.id },
        createdAt: image.takenAt,
        session: keepUploadSession(parts, { chunk, position: work.item.position, content }),
      },
      signal,
    );
  } catch (error) {
    if (!(error instanceof DriveError)) throw error;
    if (error.kind === "gone" && work.parentId !== null) return "folder_gone";
    if (error.kind !== "exists") throw error;
    const [answer] = await parts.drive.getFiles([{ id: fileId }], signal);
    if (answer === undefined) throw error;
    if (!answer.ok) throw answer.error;
    return answer.file;
  }
}

/** Compares by the best that the provider names; an image without that sum is compared by its size alone. */
function isSameContent(file: DriveFile, image: Image): boolean {
  if (file.sizeBytes !== null && file.sizeBytes !== image.sizeBytes) return false;
  if (file.sha256 !== null) return file.sha256 === image.sha256;
  return file.md5 === null || image.md5 === null || file.md5 === image.md5;
}
