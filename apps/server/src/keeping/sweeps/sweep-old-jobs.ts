import { and, asc, eq, isNotNull, lt } from "drizzle-orm";
import { acrossTenants, transferJobs } from "../../db/index.ts";
import type { KeepingParts } from "../keeping-parts.ts";

const JOBS_PER_LOOK = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Removes jobs that ended longer ago than they are kept, each with its items in a transaction of its own. What they brought
 * stays.
 * @returns how many were removed
 */
export async function sweepOldJobs(
  parts: Pick<KeepingParts, "db" | "clock" | "jobRetentionDays">,
  { signal }: { readonly signal: AbortSignal },
): Promise<number> {
  const { db, jobRetentionDays } = parts;
  if (jobRetentionDays === 0) return 0;
  const isOld = and(
    isNotNull(transferJobs.completedAt),
    lt(transferJobs.completedAt, new Date(parts.clock.now() - jobRetentionDays * DAY_MS)),
  );
  for (let removed = 0; ; ) {
    const jobs = await db
      .select({ id: transferJobs.id, tenantId: transferJobs.tenantId })
      .from(transferJobs)
      .where(and(acrossTenants("expiredRows"), isOld))
      .orderBy(asc(transferJobs.completedAt))
      .limit(JOBS_PER_LOOK);
    for (const { id, tenantId } of jobs) {
      signal.throwIfAborted();
      // One that was retried meanwhile is open again, and stays.
      const { rowCount } = await db
        .delete(transferJobs)
        .where(and(eq(transferJobs.tenantId, tenantId), eq(transferJobs.id, id), isOld));
      removed += rowCount ?? 0;
    }
    if (jobs.length < JOBS_PER_LOOK) return removed;
  }
}
