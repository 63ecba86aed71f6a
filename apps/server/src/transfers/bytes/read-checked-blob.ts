import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { BlobStore } from "../../blobs/index.ts";
import { DrivewayError } from "../../platform/index.ts";

/** A blob and what the library says of its bytes. */
export interface CheckedBlob {
  readonly blobKey: string;
  readonly sizeBytes: number;
  /** Lower hex. */
  readonly sha256: string;
}

/** Fields of `details` that tell a damaged blob from a store that is out of order. */
const DAMAGED = { damaged: true };

/**
 * Opens a blob from an offset, again and again, and hashes its bytes as they pass for the first time. A blob whose bytes
 * are not the library's breaks its stream before the last of them, so that nobody can take them for the image. Bytes
 * that were skipped at the beginning are not known, and the blob passes unchecked.
 * @returns what opens it; a stream may break with {@link isDamagedBlob} or another `storage_unavailable`
 */
export function readCheckedBlob(
  blobs: Pick<BlobStore, "read">,
  blob: CheckedBlob,
): (fromByte: number) => Promise<Readable> {
  const hash = createHash("sha256");
  let hashedBytes = 0;

  /** Says that everything was seen and is right, or that the end has not come; else throws. */
  function check(at: number, part: Buffer): void {
    const fresh = at <= hashedBytes ? part.subarray(Math.max(0, hashedBytes - at)) : Buffer.alloc(0);
    if (fresh.length === 0) return;
    hash.update(fresh);
    hashedBytes += fresh.length;
    const isWhole = hashedBytes === blob.sizeBytes;
    if (hashedBytes > blob.sizeBytes || (isWhole && hash.copy().digest("hex") !== blob.sha256)) {
      throw damagedBlob(blob.blobKey);
    }
  }

  async function* checked(source: Readable, fromByte: number): AsyncGenerator<Buffer> {
    let at = fromByte;
    for await (const part of source as AsyncIterable<Buffer>) {
      check(at, part);
      at += part.length;
      yield part;
    }
    if (at < blob.sizeBytes) throw damagedBlob(blob.blobKey);
  }

  return async (fromByte) => {
    const source = await blobs.read(blob.blobKey, { startByte: fromByte });
    return Readable.from(checked(source, fromByte), { objectMode: false });
  };
}

/** True when a blob is there and is not what the library says. */
export function isDamagedBlob(error: unknown): boolean {
  return error instanceof DrivewayError && error.details.damaged === true;
}

/** The fault of a blob whose bytes are not the library's. */
export function damagedBlob(blobKey: string): DrivewayError {
  return new DrivewayError("storage_unavailable", `The blob ${blobKey} is damaged.`, {
    details: DAMAGED,
  });
}
