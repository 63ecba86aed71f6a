import { sql } from "drizzle-orm";
import type { Transaction } from "../db/index.ts";
import { closeFolders } from "./close-folders.ts";
import { bookItems } from "./end-job.ts";
import type { JobRow } from "./job.ts";
import type { StopReason } from "./job-end.ts";
import { takeTurn } from "./release-chunks.ts";

/**
 * Ends everything of a job that has not ended, at once: items, chunks and the job itself. Workers that hold a chunk
 * of it find their fencing token worthless. The job's row is locked by the caller, who also releases the chunks of
 * other jobs that there is room for now.
 */
export async function stopJob(
  tx: Transaction,
  params: {
    readonly job: JobRow;
    readonly endState: "failed" | "cancelled";
    readonly reason: StopReason;
    readonly now: Date;
  },
): Promise<void> {
  const { job, endState, reason, now } = params;
  await takeTurn(tx, job.tenantId);
  await tx.execute(sql`
    update transfer_chunks set state = 'settled', fencing_token = fencing_token + 1
    where tenant_id = ${job.tenantId} and job_id = ${job.id} and state <> 'settled'`);
  await tx.execute(sql`
    delete from upload_sessions where tenant_id = ${job.tenantId} and job_id = ${job.id}`);
  const { rows } = await tx.execute<{ pending: number; running: number }>(sql`
    with open_items as (
      select position, state from transfer_items
      where tenant_id = ${job.tenantId} and job_id = ${job.id} and state in ('pending', 'running')
    ), ended as (
      update transfer_items item
      set state = ${endState}, error_code = ${reason.code}, error_message = ${reason.message},
        finished_at = ${now.toISOString()}::timestamptz
      from open_items
      where item.tenant_id = ${job.tenantId} and item.job_id = ${job.id} and item.position = open_items.position
    )
    select count(*) filter (where state = 'pending')::int as pending,
      count(*) filter (where state = 'running')::int as running
    from open_items`);
  const { pending = 0, running = 0 } = rows[0] ?? {};
  const folders = await closeFolders(tx, job, params);
  const ended = pending + running + folders;
  await bookItems(tx, {
    job,
    change: { pending: -pending, running: -running, openFolders: -folders, [endState]: ended },
    stop: { ...reason, endState },
    now,
  });
}
