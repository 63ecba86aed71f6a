import { findOrphans } from "../find-orphans.ts";
import { checkImages } from "./check-images.ts";
import { checkJobs } from "./check-jobs.ts";
import { checkLeftRows } from "./check-left-rows.ts";
import { checkUsage } from "./check-usage.ts";
import { type CheckParts, type Finding, finding } from "./finding.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Compares rows with blobs, counters with what they count, and work under way with what it leaves. Changes nothing, reads in
 * batches, and may run while the service does: what is written meanwhile is no finding.
 * @param options.verify reads every blob and compares its SHA-256, which takes as long as reading the whole store
 * @param options.graceMs blobs that are younger are no orphans yet; a day when left out
 * @param options.now milliseconds since 1970
 * @returns findings as they are met, none when everything fits
 */
export async function* checkConsistency(
  parts: CheckParts,
  options: { readonly now: number; readonly verify?: boolean; readonly graceMs?: number },
): AsyncGenerator<Finding> {
  const { verify = false, graceMs = DAY_MS, now } = options;
  yield* checkJobs(parts);
  yield* checkLeftRows(parts);
  yield* checkUsage(parts);
  yield* checkImages(parts, { verify });
  for await (const { key, sizeBytes } of findOrphans({ ...parts, graceMs, now })) {
    yield finding("orphan_blob", key, `No image names this blob of ${sizeBytes} bytes.`);
  }
}
