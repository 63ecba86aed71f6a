import type { DriveWork, ProviderProperties } from "../drives/index.ts";
import type { JobRow } from "./job.ts";

/** A job with so few files left goes before the large ones, for somebody is likely to wait for it. */
const FEW_FILES = 20;

/** What a job still asks of the provider: little, or so many of its quota units. */
export function workOf(
  job: Pick<JobRow, "type" | "pendingItems" | "runningItems" | "openFolders">,
  { pace: { costs } }: Pick<ProviderProperties, "pace">,
): DriveWork {
  const files = job.pendingItems + job.runningItems;
  if (files <= FEW_FILES && job.openFolders === 0) return { kind: "small" };
  // Folders that are still being listed bring nobody knows how many more.
  if (job.openFolders > 0) return { kind: "bulk", unitsLeft: null };
  const perFile = job.type === "import" ? costs.read + costs.download : costs.write;
  return { kind: "bulk", unitsLeft: files * perFile };
}
