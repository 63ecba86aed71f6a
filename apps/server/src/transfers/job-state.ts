import type { JobRow, JobState } from "./job.ts";

/** What a job is doing, or waiting for. Without a worker nothing goes on, whatever the rows say. */
export function jobState(
  row: Pick<JobRow, "completedAt" | "pausedUntil" | "openFolders" | "runningItems">,
  around: { readonly hasWorker: boolean; readonly now: Date },
): JobState {
  if (row.completedAt !== null) return "ended";
  if (!around.hasWorker) return "waiting_for_worker";
  if (row.pausedUntil !== null && row.pausedUntil > around.now) return "paused";
  if (row.openFolders > 0) return "expanding";
  return row.runningItems > 0 ? "running" : "queued";
}
