import type { ItemError } from "./item-errors.ts";
import type { JobCounters, JobStatus, JobType } from "./job.ts";

/** Why a whole job was stopped before its items were through, which is what those that are left end with. */
export type StopReason = ItemError;

/** The stop of a whole job, and how what was open of it ends. */
export interface JobStop extends StopReason {
  readonly endState: "failed" | "cancelled";
}

/** How a job ended. */
export interface JobEnd {
  readonly status: Extract<JobStatus, "completed" | "completed_with_errors" | "failed" | "cancelled">;
  readonly errorMessage: string | null;
}

/** How a job ends whose items have all ended. One that somebody stopped is cancelled, also when some were done. */
export function jobEnd(params: {
  readonly type: JobType;
  readonly counters: JobCounters;
  readonly stop: JobStop | null;
}): JobEnd {
  const { counters, stop } = params;
  const good = counters.done + counters.skipped;
  const total = good + counters.failed + counters.cancelled;
  const isCancelled = counters.cancelled > 0 || stop?.endState === "cancelled";
  if (good === total) {
    return isCancelled
      ? { status: "cancelled", errorMessage: stop?.message ?? null }
      : { status: "completed", errorMessage: null };
  }
  const errorMessage = [missingSentence(params.type, counters, total), stop?.message].join(" ").trim();
  if (isCancelled) return { status: "cancelled", errorMessage };
  return { status: good > 0 ? "completed_with_errors" : "failed", errorMessage };
}

function missingSentence(type: JobType, counters: JobCounters, total: number): string {
  const verb = type === "import" ? "imported" : "exported";
  const missing = counters.failed + counters.cancelled;
  if (total === 1) return `The file was not ${verb}.`;
  if (missing === total) return `None of the ${total} files was ${verb}.`;
  return `${missing} of ${total} files ${missing === 1 ? "was" : "were"} not ${verb}.`;
}
