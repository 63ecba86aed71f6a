import { eq, type SQL, sql } from "drizzle-orm";
import { type Database, transferJobs } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import type { Job, JobStatus, JobType } from "./job.ts";
import { ofStatuses, readJobs } from "./read-jobs.ts";

/** Where a list of jobs goes on: behind this one. */
export interface JobPlace {
  readonly createdAt: Date;
  readonly id: string;
}

/**
 * The caller's own jobs, newest first.
 * @param params.after the last job of the page before; null for the first page
 */
export async function listJobs(
  parts: { readonly db: Database; readonly now: () => Date },
  params: {
    readonly principal: Principal;
    readonly limit: number;
    readonly after: JobPlace | null;
    readonly type: JobType | null;
    readonly statuses: readonly JobStatus[] | null;
    readonly connectionId: string | null;
  },
): Promise<{ readonly jobs: readonly Job[]; readonly next: JobPlace | null }> {
  const { principal, after, type, statuses, connectionId, limit } = params;
  const which: (SQL | undefined)[] = [
    eq(transferJobs.userId, principal.userId),
    after === null ? undefined : isBehind(after),
    type === null ? undefined : eq(transferJobs.type, type),
    statuses === null ? undefined : ofStatuses(statuses),
    connectionId === null ? undefined : eq(transferJobs.connectionId, connectionId),
  ];
  const found = await readJobs(parts, { tenantId: principal.tenantId, which, limit: limit + 1 });
  const jobs = found.slice(0, limit).map(({ job }) => job);
  const last = jobs.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return { jobs, next: hasMore ? { createdAt: last.createdAt, id: last.id } : null };
}

function isBehind({ createdAt, id }: JobPlace): SQL {
  return sql`(${transferJobs.createdAt}, ${transferJobs.id}) < (${createdAt.toISOString()}::timestamptz, ${id})`;
}
