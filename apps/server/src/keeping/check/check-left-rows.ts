import { sql } from "drizzle-orm";
import { acrossTenants } from "../../db/index.ts";
import { type CheckParts, type Finding, finding } from "./finding.ts";

/** Findings of one kind at a time; more of the same say nothing new. */
const MOST = 1_000;

/** Rows that belong to work which is not there: uploads without their item, folders and permits of jobs that have ended. */
export async function* checkLeftRows({ db, signal }: CheckParts): AsyncGenerator<Finding> {
  signal.throwIfAborted();
  const uploads = await db.execute<{ id: string }>(sql`
    select upload.id from upload_sessions upload
    where ${acrossTenants("leftovers")} and not exists (
      select from transfer_items item
      where item.tenant_id = upload.tenant_id and item.job_id = upload.job_id
        and item.job_id || ':' || item.position::text = upload.id)
    limit ${MOST}`);
  for (const { id } of uploads.rows) {
    yield finding("upload_without_item", id, "An upload is kept for an item that is not there.");
  }
  const folders = await db.execute<{ jobId: string; count: number }>(sql`
    select job.id as "jobId", count(*)::int as count
    from transfer_jobs job join transfer_folders folder
      on folder.tenant_id = job.tenant_id and folder.job_id = job.id
    where ${acrossTenants("leftovers")} and folder.state = 'open' and job.completed_at is not null
    group by job.id limit ${MOST}`);
  for (const { jobId, count } of folders.rows) {
    yield finding(
      "folder_open_in_ended_job",
      jobId,
      `It has ended, and folders of it are still listed: ${count}.`,
    );
  }
  const permits = await db.execute<{ jobId: string; count: number }>(sql`
    select job.id as "jobId", count(*)::int as count
    from transfer_jobs job join transfer_chunks chunk on chunk.tenant_id = job.tenant_id and chunk.job_id = job.id
    where ${acrossTenants("leftovers")} and chunk.state <> 'settled' and job.completed_at is not null
    group by job.id limit ${MOST}`);
  for (const { jobId, count } of permits.rows) {
    yield finding("chunk_open_in_ended_job", jobId, `It has ended, and chunks of it have not: ${count}.`);
  }
}
