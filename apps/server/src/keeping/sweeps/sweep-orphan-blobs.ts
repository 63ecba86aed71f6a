import { findOrphans } from "../find-orphans.ts";
import type { KeepingParts } from "../keeping-parts.ts";

/** Longer than any settlement takes that may still come. */
const ORPHAN_GRACE_MS = 24 * 60 * 60 * 1000;

/**
 * Removes the blobs that no image names: those of workers that died between the bytes and the row.
 * @param params.graceMs a day when left out
 * @returns how many were removed
 */
export async function sweepOrphanBlobs(
  parts: Pick<KeepingParts, "db" | "blobs" | "clock">,
  params: { readonly graceMs?: number; readonly signal: AbortSignal },
): Promise<number> {
  const { graceMs = ORPHAN_GRACE_MS, signal } = params;
  let removed = 0;
  for await (const { key } of findOrphans({ ...parts, graceMs, now: parts.clock.now(), signal })) {
    await parts.blobs.remove(key);
    removed += 1;
  }
  return removed;
}
