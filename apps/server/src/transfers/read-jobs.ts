import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { type Database, transferJobs } from "../db/index.ts";
import type { Job } from "./job.ts";
import { toJob } from "./to-job.ts";
import { seesWorker } from "./worker-presence.ts";

type Parts = { readonly db: Database; readonly now: () => Date };

/** A job with the user whose it is. */
export interface OwnedJob {
  readonly userId: string;
  readonly job: Job;
}

/**
 * Reads jobs of a tenant, newest first, with what is known beside their rows.
 * @param wanted.which what else must hold
 */
export async function readJobs(
  parts: Parts,
  wanted: { readonly tenantId: string; readonly which: readonly (SQL | undefined)[]; readonly limit: number },
): Promise<readonly OwnedJob[]> {
  const rows = await parts.db
    .select({ row: transferJobs, movingBytes: movingBytes(), hasWorker: seesWorker() })
    .from(transferJobs)
    .where(and(eq(transferJobs.tenantId, wanted.tenantId), ...wanted.which))
    .orderBy(desc(transferJobs.createdAt), desc(transferJobs.id))
    .limit(wanted.limit);
  const now = parts.now();
  return rows.map(({ row, ...around }) => ({ userId: row.userId, job: toJob(row, { ...around, now }) }));
}

/** Bytes of files that are under way. What is settled is in the job's own count. */
function movingBytes() {
  return sql<number>`(
    select coalesce(sum(chunk.moving_bytes), 0) from transfer_chunks chunk
    where chunk.tenant_id = transfer_jobs.tenant_id and chunk.job_id = transfer_jobs.id and chunk.state = 'released'
  )`.mapWith(Number);
}

/** Jobs of these statuses. */
export function ofStatuses(statuses: readonly Job["status"][]): SQL {
  return inArray(transferJobs.status, [...statuses]);
}
