import { and, eq } from "drizzle-orm";
import { type Database, transferJobs } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import { type Job, toJob } from "./job.ts";

/**
 * The caller's own job.
 * @throws {DrivewayError} `job_not_found`, `forbidden` for a colleague's
 */
export async function getJob(
  db: Database,
  params: { readonly principal: Principal; readonly jobId: string },
): Promise<Job> {
  const { principal, jobId } = params;
  const [row] = await db
    .select()
    .from(transferJobs)
    .where(and(eq(transferJobs.tenantId, principal.tenantId), eq(transferJobs.id, jobId)));
  if (row === undefined) throw new DrivewayError("job_not_found", "There is no such job.");
  if (row.userId !== principal.userId) {
    throw new DrivewayError("forbidden", "The job belongs to somebody else in the workspace.");
  }
  return toJob(row);
}
