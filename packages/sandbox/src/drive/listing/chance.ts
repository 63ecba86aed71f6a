import { createHash } from "node:crypto";

/** A number from 0 up to 1 that looks like chance and is always the same for the same seed and text. */
export function chance(seed: number, text: string): number {
  return createHash("sha256").update(`${seed}/${text}`).digest().readUInt32BE() / 2 ** 32;
}
