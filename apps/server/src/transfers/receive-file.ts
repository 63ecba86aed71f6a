import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import type { BlobStore, StagedBlob } from "../blobs/index.ts";
import type { Drive, DriveFile } from "../drives/index.ts";
import { createImageSampler, type ImageSampler } from "../library/index.ts";
import { createIdleGuard } from "./idle-guard.ts";

/** A file larger than it may be, noticed on the way. */
export class TooLargeError extends Error {
  override readonly name = "TooLargeError";
}

/** Bytes that have arrived in a staged blob. The caller commits or discards it. */
export interface ReceivedFile {
  readonly staged: StagedBlob;
  readonly sizeBytes: number;
  /** Lower hex. */
  readonly sha256: string;
  /** Lower hex; null unless the provider names nothing better. */
  readonly md5: string | null;
  /** Whether size and checksum are those that the provider named. */
  readonly isIntact: boolean;
  readonly sampler: ImageSampler;
}

/**
 * Streams a file into the blob store, hashing and sampling on the way, and compares size and checksum with what the
 * provider said: SHA-256, or MD5 where it names nothing better. Memory does not grow with the file.
 * @throws {DriveError} when it cannot be opened or breaks off; what was staged is discarded then
 * @throws {TooLargeError} above `maxFileBytes`
 */
export async function receiveFile(
  parts: {
    readonly drive: Drive;
    readonly blobs: BlobStore;
    readonly maxFileBytes: number;
    readonly idleMs: number;
  },
  wanted: { readonly file: DriveFile; readonly exportAs: string | null; readonly blobKey: string },
  signal: AbortSignal,
): Promise<ReceivedFile> {
  const { file } = wanted;
  const exportAs = wanted.exportAs === null ? {} : { exportAs: wanted.exportAs };
  const opened = await parts.drive.openFile({ file, ...exportAs }, signal);
  const staged = await parts.blobs.stage(wanted.blobKey).catch((error: unknown) => {
    opened.stream.on("error", () => {}).destroy();
    throw error;
  });
  const meter = createMeter({ needsMd5: file.sha256 === null && file.md5 !== null, ...parts });
  try {
    const guard = createIdleGuard({ idleMs: parts.idleMs, see: (chunk) => meter.see(chunk) });
    await pipeline(opened.stream, guard, staged.stream, { signal });
  } catch (error) {
    await staged.discard();
    throw error;
  }
  const measured = meter.read();
  const announced = wanted.exportAs === null ? file.sizeBytes : opened.sizeBytes;
  return { staged, ...measured, isIntact: isIntact(file, announced, measured) };
}

interface Measured {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly md5: string | null;
  readonly sampler: ImageSampler;
}

function createMeter(params: { readonly needsMd5: boolean; readonly maxFileBytes: number }) {
  const sha256 = createHash("sha256");
  const md5 = params.needsMd5 ? createHash("md5") : null;
  const sampler = createImageSampler();
  let sizeBytes = 0;
  return {
    see(chunk: Buffer): void {
      sizeBytes += chunk.length;
      if (sizeBytes > params.maxFileBytes) throw new TooLargeError("the file is larger than it may be");
      sha256.update(chunk);
      md5?.update(chunk);
      sampler.take(chunk);
    },
    read: (): Measured => ({
      sizeBytes,
      sha256: sha256.digest("hex"),
      md5: md5?.digest("hex") ?? null,
      sampler,
    }),
  };
}

function isIntact(file: DriveFile, announcedBytes: number | null, measured: Measured): boolean {
  if (announcedBytes !== null && announcedBytes !== measured.sizeBytes) return false;
  if (file.sha256 !== null) return file.sha256 === measured.sha256;
  return file.md5 === null || file.md5 === measured.md5;
}
