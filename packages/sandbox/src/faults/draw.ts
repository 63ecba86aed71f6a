import { createHash } from "node:crypto";

/** A number from 0 up to, but not, 1 that follows from the parts alone, evenly spread. */
export function draw(...parts: readonly (string | number)[]): number {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
