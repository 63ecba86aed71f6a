import { and, asc, eq, isNull } from "drizzle-orm";
import { type Transaction, transferJobs } from "../db/index.ts";
import type { JobRow } from "./job.ts";

/** Locks a job's row, before anything else of the job is written. Null when the tenant has no such job. */
export async function lockJob(
  tx: Transaction,
  job: { readonly tenantId: string; readonly jobId: string },
): Promise<JobRow | null> {
  const [row] = await tx
    .select()
    .from(transferJobs)
    .where(and(eq(transferJobs.tenantId, job.tenantId), eq(transferJobs.id, job.jobId)))
    .for("update");
  return row ?? null;
}

/** Whose jobs: those of one connection, or of one user over all their connections. */
export type JobsOf = { readonly tenantId: string } & (
  | { readonly connectionId: string }
  | { readonly userId: string }
);

/** Locks the rows of all open jobs of a connection or user, in a fixed order. */
export async function lockOpenJobs(tx: Transaction, whose: JobsOf): Promise<JobRow[]> {
  return tx
    .select()
    .from(transferJobs)
    .where(
      and(
        eq(transferJobs.tenantId, whose.tenantId),
        "userId" in whose
          ? eq(transferJobs.userId, whose.userId)
          : eq(transferJobs.connectionId, whose.connectionId),
        isNull(transferJobs.completedAt),
      ),
    )
    .orderBy(asc(transferJobs.id))
    .for("update");
}
