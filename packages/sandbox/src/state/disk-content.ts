import { closeSync, openSync, readSync } from "node:fs";
import type { ByteSpan, FileContent } from "../drive/index.ts";

const PIECE_BYTES = 256 * 1024;

/** Content that lies in a file of its own. */
export class DiskContent implements FileContent {
  readonly sizeBytes: number;
  readonly path: string;

  constructor({ path, sizeBytes }: { path: string; sizeBytes: number }) {
    this.path = path;
    this.sizeBytes = sizeBytes;
  }

  /** Throws when the file has gone or is shorter than it was. */
  *read({ start, end }: ByteSpan): Iterable<Uint8Array> {
    if (start >= end) {
      return;
    }
    const descriptor = openSync(this.path, "r");
    try {
      for (let at = start; at < end; ) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - at));
        const count = readSync(descriptor, piece, 0, piece.byteLength, at);
        if (count === 0) {
          throw new Error(`${this.path} is shorter than ${this.sizeBytes} bytes`);
        }
        at += count;
        yield piece.subarray(0, count);
      }
    } finally {
      closeSync(descriptor);
    }
  }
}
