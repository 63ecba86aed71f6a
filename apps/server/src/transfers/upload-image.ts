import type { BlobStore } from "../blobs/index.ts";
import type { Drive, DriveFile, UploadSession } from "../drives/index.ts";

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
  parts: { readonly drive: Pick<Drive, "upload">; readonly blobs: Pick<BlobStore, "read"> },
  { blobKey, fileId, ...wanted }: ImageUpload,
  signal: AbortSignal,
): Promise<DriveFile> {
  const open = (fromByte: number) => parts.blobs.read(blobKey, { startByte: fromByte });
  return parts.drive.upload({ ...wanted, id: fileId, open }, signal);
}
