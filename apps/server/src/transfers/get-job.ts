import { eq } from "drizzle-orm";
import { type Database, transferJobs } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import type { Job } from "./job.ts";
import { readJobs } from "./read-jobs.ts";

/**
 * The caller's own job.
 * @throws {DrivewayError} `job_not_found`, `forbidden` for a colleague's
 */
export async function getJob(
  parts: { readonly db: Database; readonly now: () => Date },
  params: { readonly principal: Principal; readonly jobId: string },
): Promise<Job> {
  const { principal, jobId } = params;
  const which = [eq(transferJobs.id, jobId)];
  const [owned] = await readJobs(parts, { tenantId: principal.tenantId, which, limit: 1 });
  if (owned === undefined) throw new DrivewayError("job_not_found", "There is no such job.");
  if (owned.userId !== principal.userId) {
    throw new DrivewayError("forbidden", "The job belongs to somebody else in the workspace.");
  }
  return owned.job;
}
