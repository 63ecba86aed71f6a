import type { DigestName } from "./digests-in-one-pass.ts";

/** What one process is to find out: one digest of all contents that these recipes of a seed make. */
export interface DigestWork {
  readonly name: DigestName;
  readonly seed: number;
  readonly sizesBytes: Float64Array;
  readonly indexes: Float64Array;
}

/** What it tells: how far it has come, and at last what it was asked. */
export type DigestNews =
  | { readonly kind: "hashed"; readonly countBytes: number }
  | { readonly kind: "done"; readonly digests: readonly string[] };
