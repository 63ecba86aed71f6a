import { sql } from "drizzle-orm";
import type { Transaction } from "../../db/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { TransferLimits } from "../transfer-limits.ts";

const COME_BACK_SECONDS = 30;

/**
 * Refuses what would give the tenant more open jobs, or more files in them, than it may have. Exact while the
 * transaction holds the tenant's turn; before that a look that spares the work of a job which would be refused.
 * @param params.adding what is not written yet
 * @throws {DrivewayError} `too_many_open_jobs`
 */
export async function requireOpenRoom(
  tx: Transaction,
  params: {
    readonly tenantId: string;
    readonly limits: Pick<TransferLimits, "maxOpenJobs" | "maxOpenFiles">;
    readonly adding: { readonly jobs: number; readonly files: number };
  },
): Promise<void> {
  const { limits, adding } = params;
  const { rows } = await tx.execute<{ jobs: number; files: number }>(sql`
    select count(*)::int as jobs, coalesce(sum(pending_items + running_items), 0)::bigint as files
    from transfer_jobs where tenant_id = ${params.tenantId} and completed_at is null`);
  const { jobs = 0, files = 0 } = rows[0] ?? {};
  const hasRoom = jobs + adding.jobs <= limits.maxOpenJobs && files + adding.files <= limits.maxOpenFiles;
  if (hasRoom) return;
  const sentence = "The workspace has as many open jobs as it may have; try again when some have ended.";
  throw new DrivewayError("too_many_open_jobs", sentence, {
    details: {
      max_open_jobs: limits.maxOpenJobs,
      max_open_files: limits.maxOpenFiles,
      retry_after: COME_BACK_SECONDS,
    },
  });
}
