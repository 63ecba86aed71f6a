import type { Transaction } from "../db/index.ts";
import type { Queue } from "../queue/index.ts";
import type { StopReason } from "./job-end.ts";
import { type JobsOf, lockOpenJobs } from "./lock-job.ts";
import { releaseChunks } from "./release-chunks.ts";
import { stopJob } from "./stop-job.ts";
import type { TransferShape } from "./transfer-limits.ts";

/**
 * Stops all open jobs of a connection or user. What is done stays done; what is under way is dropped by its worker,
 * which cannot write it any more.
 */
export async function stopJobs(
  tx: Transaction,
  whose: JobsOf,
  params: {
    readonly endState: "failed" | "cancelled";
    readonly reason: StopReason;
    readonly queue: Queue;
    readonly shape: TransferShape;
    readonly now: Date;
  },
): Promise<void> {
  const jobs = await lockOpenJobs(tx, whose);
  for (const job of jobs) await stopJob(tx, { job, ...params });
  if (jobs.length > 0) await releaseChunks(tx, { tenantId: whose.tenantId, ...params });
}
