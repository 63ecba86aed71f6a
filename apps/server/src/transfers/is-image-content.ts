import { createHash } from "node:crypto";
import type { BlobStore } from "../blobs/index.ts";
import type { DriveFile } from "../drives/index.ts";
import type { Image } from "../library/index.ts";
import { damagedBlob } from "./bytes/index.ts";

/**
 * Compares a file in the Drive with an image by the best that the provider names: SHA-256, else MD5, which is computed
 * from the blob where the library never did; else the size.
 */
export async function isImageContent(
  blobs: Pick<BlobStore, "read">,
  file: DriveFile,
  image: Image,
  signal: AbortSignal,
): Promise<boolean> {
  if (file.sizeBytes !== null && file.sizeBytes !== image.sizeBytes) return false;
  if (file.sha256 !== null) return file.sha256 === image.sha256;
  if (file.md5 === null) return file.sizeBytes !== null;
  return file.md5 === (image.md5 ?? (await md5Of(blobs, image, signal)));
}

async function md5Of(blobs: Pick<BlobStore, "read">, image: Image, signal: AbortSignal): Promise<string> {
  const [md5, sha256] = [createHash("md5"), createHash("sha256")];
  for await (const part of (await blobs.read(image.blobKey)) as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    md5.update(part);
    sha256.update(part);
  }
  // The MD5 of other bytes than the library's would prove nothing.
  if (sha256.digest("hex") !== image.sha256) throw damagedBlob(image.blobKey);
  return md5.digest("hex");
}
