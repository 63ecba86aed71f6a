import type { FileHandle } from "node:fs/promises";
import { Writable } from "node:stream";
import { storageFault } from "./storage-fault.ts";

const HIGH_WATER_BYTES = 256 * 1024;

/**
 * Writes to the end of an open file, with back-pressure. Chunks that wait are written together. The file stays open:
 * what comes after the last byte (fsync, close) is the owner's. Faults are `storage_unavailable`.
 */
export function fileWritable(file: FileHandle): Writable {
  return new Writable({
    highWaterMark: HIGH_WATER_BYTES,
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      void answer(writeAll(file, [chunk]), done);
    },
    writev(entries, done) {
      const chunks = entries.map((entry): Buffer => entry.chunk);
      void answer(writeAll(file, chunks), done);
    },
  });
}

async function answer(work: Promise<void>, done: (fault?: Error) => void): Promise<void> {
  let fault: Error | undefined;
  try {
    await work;
  } catch (cause) {
    fault = storageFault(cause);
  }
  done(fault);
}

/** A file system may take fewer bytes than it was given; the rest is given again. */
async function writeAll(file: FileHandle, chunks: readonly Buffer[]): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.length > 0);
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest);
    rest = withoutFront(rest, bytesWritten);
  }
}

function withoutFront(chunks: readonly Buffer[], bytes: number): Buffer[] {
  let skip = bytes;
  const rest: Buffer[] = [];
  for (const chunk of chunks) {
    if (skip < chunk.length) rest.push(chunk.subarray(skip));
    skip = Math.max(0, skip - chunk.length);
  }
  return rest;
}
