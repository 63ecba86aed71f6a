import { and, eq, isNotNull } from "drizzle-orm";
import { type Database, type Notifications, transferJobs } from "../db/index.ts";
import { JOB_CHANNEL } from "./end-job.ts";

/** The net below the notifications, which may be missed. */
const RECHECK_MS = 1000;

/**
 * Waits for a job's end, which is announced with the commit that ends it.
 * @param params.timeoutMs longest wait
 * @param params.signal ends the wait early, for instance when the client has gone
 * @returns whether the job has ended
 */
export async function waitForJob(
  parts: { readonly db: Database; readonly notifications: Notifications },
  params: {
    readonly tenantId: string;
    readonly jobId: string;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  },
): Promise<boolean> {
  const deadline = performance.now() + params.timeoutMs;
  for (;;) {
    const leftMs = deadline - performance.now();
    const round = new AbortController();
    const news = parts.notifications.waitFor({
      channel: JOB_CHANNEL,
      matches: (payload) => payload === params.jobId,
      timeoutMs: Math.max(0, Math.min(RECHECK_MS, leftMs)),
      signal: AbortSignal.any([round.signal, params.signal]),
    });
    const hasEnded = await isEnded(parts.db, params).finally(() => {
      if (leftMs <= 0) round.abort();
    });
    if (hasEnded || leftMs <= 0 || params.signal.aborted) {
      round.abort();
      return hasEnded;
    }
    await news;
  }
}

async function isEnded(
  db: Database,
  job: { readonly tenantId: string; readonly jobId: string },
): Promise<boolean> {
  const rows = await db
    .select({ id: transferJobs.id })
    .from(transferJobs)
    .where(
      and(
        eq(transferJobs.tenantId, job.tenantId),
        eq(transferJobs.id, job.jobId),
        isNotNull(transferJobs.completedAt),
      ),
    );
  return rows.length > 0;
}
