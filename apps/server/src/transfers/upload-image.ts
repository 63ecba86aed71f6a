import type { DriveFile } from "../drives/index.ts";
import type { ByteMover } from "./bytes/index.ts";
import type { ChunkRun } from "./chunk-run.ts";

/**
 * Sends an image's bytes from the blob store to the Drive, as they come. Everything in is plain data, but for the
 * functions of the session.
 * @returns the file as the Drive has it now; its checksum is the caller's to compare
 * @throws {DriveError} as `upload` of the port
 * @throws {DrivewayError} `storage_unavailable`; one that `isDamagedBlob` knows when the bytes are not the library's
 */
export function uploadImage(
  { bytes, access, moving, signal }: Pick<ChunkRun, "bytes" | "access" | "moving" | "signal">,
  wanted: Pick<Parameters<ByteMover["send"]>[0], "blobKey" | "sha256" | "upload">,
): Promise<DriveFile> {
  return moving.during((onProgress) => bytes.send({ ...wanted, access, onProgress }, signal));
}
