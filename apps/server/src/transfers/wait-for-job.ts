import { and, eq } from "drizzle-orm";
import { type Database, type Notifications, transferJobs } from "../db/index.ts";
import { JOB_CHANNEL } from "./end-job.ts";

/** The net below the notifications, which may be missed. */
const RECHECK_MS = 1000;

/**
 * Waits for a job's end, which is announced with the commit that ends it. An import that has folders is not waited for: how much
 * comes of it is not known.
 * @param params.timeoutMs longest wait
 * @param params.signal ends the wait early, for instance when the client has gone
 * @returns whether the job has ended and was worth the wait
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
    const state = await readState(parts.db, params).finally(() => {
      if (leftMs <= 0) round.abort();
    });
    if (state !== "open" || leftMs <= 0 || params.signal.aborted) {
      round.abort();
      return state === "ended";
    }
    await news;
  }
}

async function readState(
  db: Database,
  job: { readonly tenantId: string; readonly jobId: string },
): Promise<"open" | "ended" | "has_folders"> {
  const [row] = await db
    .select({ completedAt: transferJobs.completedAt, visibility: transferJobs.visibility })
    .from(transferJobs)
    .where(and(eq(transferJobs.tenantId, job.tenantId), eq(transferJobs.id, job.jobId)));
  if (row === undefined) return "open";
  if (row.visibility !== null) return "has_folders";
  return row.completedAt === null ? "open" : "ended";
}
