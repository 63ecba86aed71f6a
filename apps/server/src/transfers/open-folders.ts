import { and, eq, sql } from "drizzle-orm";
import { type Transaction, transferJobs } from "../db/index.ts";
import type { Queue } from "../queue/index.ts";
import { JOB_CHANNEL } from "./end-job.ts";
import type { ImportOptions, JobRow } from "./job.ts";

/** A folder that an import is to look into. */
export interface FoundFolder {
  readonly id: string;
  readonly name: string;
  readonly resourceKey: string | null;
}

/**
 * Registers folders with their job and sends a message for each that is new to it, so that each is listed once however often
 * it is met, in a circle too. The job's row is locked by the caller, who books what is returned.
 * @returns how many of the folders are new
 */
export async function openFolders(
  tx: Transaction,
  parts: { readonly queue: Queue },
  job: JobRow,
  folders: readonly FoundFolder[],
): Promise<number> {
  if (folders.length === 0) return 0;
  const { tenantId, id: jobId } = job;
  const { rows } = await tx.execute<{ folderId: string }>(sql`
    insert into transfer_folders (job_id, folder_id, tenant_id, name, resource_key, state)
    select ${jobId}, folder.id, ${tenantId}, folder.name, folder.resource_key, 'open'
    from unnest(
      ${sql.param(folders.map(({ id }) => id))}::text[],
      ${sql.param(folders.map(({ name }) => name))}::text[],
      ${sql.param(folders.map(({ resourceKey }) => resourceKey))}::text[]
    ) as folder (id, name, resource_key)
    on conflict do nothing
    returning folder_id as "folderId"`);
  const messages = rows.map(({ folderId }) => ({ tenantId, jobId, folderId }));
  await parts.queue.sendAll(tx, "expand-folder", messages);
  if (job.visibility === null) await tellVisibility(tx, job);
  return rows.length;
}

/** From here on it is known that the import is a large one, so whoever waits for its end is told. */
async function tellVisibility(tx: Transaction, job: JobRow): Promise<void> {
  const { seesAllFiles = true } = job.options as ImportOptions;
  await tx
    .update(transferJobs)
    .set({ visibility: seesAllFiles ? "full" : "partial" })
    .where(and(eq(transferJobs.tenantId, job.tenantId), eq(transferJobs.id, job.id)));
  await tx.execute(sql`select pg_notify(${JOB_CHANNEL}, ${job.id})`);
}
