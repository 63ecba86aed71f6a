import { writeSync } from "node:fs";

/** Writes all bytes at the end of what was written; the system may take fewer at a time than it is given. */
export function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.byteLength; ) {
    written += writeSync(descriptor, bytes, written);
  }
}
