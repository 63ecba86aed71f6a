import type { DriveFile, UploadSession } from "../drives/index.ts";
import type { ChunkRun } from "./chunk-run.ts";

/** An image on its way into a Drive: plain data, but for the session's functions. */
export interface ImageUpload {
  readonly blobKey: string;
  readonly sizeBytes: number;
  readonly mimeType: string;
  /** Reserved, or with `revises` of the file that gets a new revision. */
  readonly fileId: string;
  readonly revises: boolean;
  readonly parentId: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: Date | null;
  readonly session: UploadSession;
}

/**
 * Sends an image's bytes from the blob store to the Drive, as they come.
 * @returns the file as the Drive has it now; its checksum is the caller's to compare
 * @throws {DriveError} as `upload` of the port
 * @throws {DrivewayError} `storage_unavailable`
 */
export function uploadImage(
  { bytes, access, moving }: Pick<ChunkRun, "bytes" | "access" | "moving">,
  { blobKey, fileId, ...wanted }: ImageUpload,
  signal: AbortSignal,
): Promise<DriveFile> {
  const task = { access, blobKey, upload: { ...wanted, id: fileId } };
  return moving.during((onProgress) => bytes.send({ ...task, onProgress }, signal));
}
