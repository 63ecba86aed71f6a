import { and, asc, gt, type SQL, sql } from "drizzle-orm";
import { acrossTenants, transferJobs } from "../../db/index.ts";
import { liveMessages } from "../../queue/index.ts";
import { type CheckParts, type Finding, finding } from "./finding.ts";

const JOBS_PER_LOOK = 500;
const STATES = ["pending", "running", "done", "skipped", "failed", "cancelled"] as const;
type Counts = Record<(typeof STATES)[number], number>;

interface CountedJob extends Record<string, unknown> {
  readonly counters: Counts;
  readonly items: Counts;
  readonly stranded: number;
  /** Work that waits for a message which is not there. */
  readonly unreached: number;
  readonly openFolders: number;
  readonly hasEnded: boolean;
}

/** Every job's counters are those of its items, and what is open in it is somebody's work. */
export async function* checkJobs(parts: CheckParts): AsyncGenerator<Finding> {
  for (let after = ""; ; ) {
    const jobs = await parts.db
      .select({ id: transferJobs.id, tenantId: transferJobs.tenantId })
      .from(transferJobs)
      .where(and(acrossTenants("leftovers"), gt(transferJobs.id, after)))
      .orderBy(asc(transferJobs.id))
      .limit(JOBS_PER_LOOK);
    for (const job of jobs) {
      parts.signal.throwIfAborted();
      const counted = await countJob(parts, job);
      if (counted !== null) yield* findingsOf(job.id, counted);
    }
    const last = jobs.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

/** In one statement, so that what is settled meanwhile is in both or in neither. Null when the job is gone. */
async function countJob(
  { db }: CheckParts,
  job: { readonly id: string; readonly tenantId: string },
): Promise<CountedJob | null> {
  const itemCounts = STATES.flatMap((state) => [
    sql.raw(`'${state}'`),
    sql`count(*) filter (where item.state = ${state})::int`,
  ]);
  const { rows } = await db.execute<CountedJob>(sql`
    select
      json_build_object('pending', job.pending_items, 'running', job.running_items, 'done', job.done_items,
        'skipped', job.skipped_items, 'failed', job.failed_items, 'cancelled', job.cancelled_items) as counters,
      (select json_build_object(${sql.join(itemCounts, sql`, `)}) from transfer_items item
        where item.tenant_id = ${job.tenantId} and item.job_id = ${job.id}) as items,
      (select count(*)::int from transfer_items item join transfer_chunks chunk
          on chunk.tenant_id = item.tenant_id and chunk.job_id = item.job_id and chunk.number = item.chunk_number
        where item.tenant_id = ${job.tenantId} and item.job_id = ${job.id}
          and item.state in ('pending', 'running') and chunk.state = 'settled') as stranded,
      (${unreachedOf(job)}) as unreached,
      job.open_folders as "openFolders",
      job.completed_at is not null as "hasEnded"
    from transfer_jobs job where job.tenant_id = ${job.tenantId} and job.id = ${job.id}`);
  return rows[0] ?? null;
}

/**
 * Counts what no message will reach of an open job: chunks that have a permit, folders, and chunks that wait for a permit
 * while nobody of the tenant has one, nor a message that ends a pause.
 */
function unreachedOf(job: { readonly id: string; readonly tenantId: string }): SQL {
  const live = liveMessages();
  const ofTenant = sql`message.data ->> 'tenantId' = ${job.tenantId}`;
  const ofJob = sql`${ofTenant} and message.data ->> 'jobId' = ${job.id}`;
  return sql`
    select count(*)::int from (
      select from transfer_chunks chunk
      where chunk.tenant_id = ${job.tenantId} and chunk.job_id = ${job.id} and chunk.state = 'released'
        and not exists (select from ${live} message where message.name like 'transfer-chunk%' and ${ofJob}
          and (message.data ->> 'chunkNumber')::int = chunk.number)
      union all
      select from transfer_folders folder
      where folder.tenant_id = ${job.tenantId} and folder.job_id = ${job.id} and folder.state = 'open'
        and not exists (select from ${live} message where message.name like 'expand-folder%' and ${ofJob}
          and message.data ->> 'folderId' = folder.folder_id)
      union all
      select from transfer_chunks chunk
      where chunk.tenant_id = ${job.tenantId} and chunk.job_id = ${job.id} and chunk.state = 'waiting'
        and not exists (select from transfer_chunks other
          where other.tenant_id = ${job.tenantId} and other.state = 'released')
        and not exists (select from ${live} message where message.name = 'resume-job' and ${ofTenant})
    ) unreached where job.completed_at is null`;
}

function findingsOf(id: string, job: CountedJob): Finding[] {
  const wrong = STATES.filter((state) => job.counters[state] !== job.items[state]);
  const open = job.items.pending + job.items.running;
  const findings: Finding[] = [];
  if (wrong.length > 0) {
    const facts = wrong.map((state) => `${state} ${job.counters[state]} for ${job.items[state]} items`);
    findings.push(finding("job_counters_wrong", id, `It counts ${facts.join(", ")}.`));
  }
  if (job.stranded > 0) {
    const sentence = `Open items that no message of the queue will reach: ${job.stranded}.`;
    findings.push(finding("item_stranded", id, sentence));
  }
  if (job.unreached > 0) {
    const sentence = `Chunks and folders that no message of the queue will reach: ${job.unreached}.`;
    findings.push(finding("message_missing", id, sentence));
  }
  if (!job.hasEnded && open === 0 && job.openFolders === 0) {
    findings.push(finding("job_never_ends", id, "It is open, and nothing is left to do in it."));
  }
  if (job.hasEnded && open > 0) {
    findings.push(finding("item_stranded", id, `It has ended, and ${open} of its items have not.`));
  }
  return findings;
}
