import type { Database } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import type { Queue } from "../queue/index.ts";
import { getJob } from "./get-job.ts";
import type { Job } from "./job.ts";
import type { ItemError } from "./item-errors.ts";
import { lockJob } from "./lock-job.ts";
import { releaseChunks } from "./release-chunks.ts";
import { stopJob } from "./stop-job.ts";
import type { TransferShape } from "./transfer-limits.ts";

const CANCELLED: ItemError = { code: "cancelled", message: "The job was cancelled." };

/**
 * Stops the caller's own job at once. What is done stays done; what waits or moves is cancelled, and workers that move
 * something of it hear of it with the commit.
 * @returns the job, which has ended
 * @throws {DrivewayError} `job_not_found`, `forbidden` for a colleague's, `job_not_open` when it has ended
 */
export async function cancelJob(
  parts: {
    readonly db: Database;
    readonly queue: Queue;
    readonly shape: TransferShape;
    readonly now: () => Date;
  },
  wanted: { readonly principal: Principal; readonly jobId: string },
): Promise<Job> {
  const { tenantId } = wanted.principal;
  await getJob(parts, wanted);
  await parts.db.transaction(async (tx) => {
    const job = await lockJob(tx, { tenantId, jobId: wanted.jobId });
    if (job === null) throw new DrivewayError("job_not_found", "There is no such job.");
    if (job.completedAt !== null) throw new DrivewayError("job_not_open", "The job has ended already.");
    await stopJob(tx, { job, endState: "cancelled", reason: CANCELLED, now: parts.now() });
    await releaseChunks(tx, { ...parts, tenantId });
  });
  return getJob(parts, wanted);
}
