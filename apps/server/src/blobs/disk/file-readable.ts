import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { storageFault } from "./storage-fault.ts";

const READ_BYTES = 128 * 1024;

/**
 * Reads a range of an open file and closes it, at the end or when it is destroyed. Faults are `storage_unavailable`.
 * @param range.endByte included; Infinity for the end of the file
 */
export function fileReadable(
  file: FileHandle,
  range: { readonly startByte: number; readonly endByte: number },
): Readable {
  let position = range.startByte;

  async function readNext(): Promise<Buffer | null> {
    const length = Math.min(READ_BYTES, range.endByte - position + 1);
    if (length <= 0) return null;
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    position += bytesRead;
    return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
  }

  async function push(stream: Readable): Promise<void> {
    try {
      stream.push(await readNext());
    } catch (cause) {
      stream.destroy(storageFault(cause));
    }
  }

  async function close(error: Error | null, done: (fault: Error | null) => void): Promise<void> {
    let fault = error;
    try {
      await file.close();
    } catch (cause) {
      fault ??= storageFault(cause);
    }
    done(fault);
  }

  return new Readable({
    highWaterMark: READ_BYTES,
    read() {
      void push(this);
    },
    destroy(error, done) {
      void close(error, done);
    },
  });
}
