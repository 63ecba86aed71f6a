import { and, asc, eq, sql } from "drizzle-orm";
import { type Database, type Transaction, transferChunks, transferItems } from "../db/index.ts";
import type { ChunkRun } from "./chunk-run.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ItemRow, JobRow } from "./job.ts";
import { lockJob } from "./lock-job.ts";
import { type PlannedItems, planItems } from "./plan-items.ts";
import { releaseChunks, takeTurn } from "./release-chunks.ts";
import { writeNews } from "./write-news.ts";
import { writeOutcomes } from "./write-outcomes.ts";

/** How long nobody else describes the chunk. Past that its describer counts as gone. */
const LEASE_MS = 60_000;

/**
 * Describes the job's next chunk that waits and of which nothing is known, and settles what ends by that. A fault is no harm:
 * whoever takes the chunk describes what is missing, and meets the fault.
 */
export async function describeAhead(run: ChunkRun): Promise<void> {
  const { job } = run.chunk;
  try {
    const chunkNumber = await leaseChunk(run.db, job, new Date(run.clock.now()));
    if (chunkNumber === null) return;
    const items = await readPending(run.db, job, chunkNumber);
    const planned = await planItems(run, { job, items }, run.signal);
    await writeAhead(run, chunkNumber, planned);
  } catch (error) {
    if (!run.signal.aborted) run.log.warn({ err: error, job: job.id }, "a chunk was not described ahead");
  }
}

async function leaseChunk(db: Database, job: JobRow, now: Date): Promise<number | null> {
  const until = new Date(now.getTime() + LEASE_MS).toISOString();
  const { rows } = await db.execute<{ number: number }>(sql`
    update transfer_chunks set describing_until = ${until}::timestamptz
    where tenant_id = ${job.tenantId} and job_id = ${job.id} and number = (
      select number from transfer_chunks next
      where next.tenant_id = ${job.tenantId} and next.job_id = ${job.id} and next.state = 'waiting'
        and not next.described
        and (next.describing_until is null or next.describing_until < ${now.toISOString()}::timestamptz)
      order by number limit 1 for update skip locked)
    returning number`);
  return rows[0]?.number ?? null;
}

async function readPending(db: Database, job: JobRow, chunkNumber: number): Promise<ItemRow[]> {
  return db
    .select()
    .from(transferItems)
    .where(and(ofChunk(job, chunkNumber), eq(transferItems.state, "pending")))
    .orderBy(asc(transferItems.position));
}

/**
 * A chunk that somebody has begun meanwhile has no pending items, so nothing is written to it. Its row is locked last, behind
 * the tenant's turn: who releases chunks holds such locks while others wait for it.
 */
async function writeAhead(run: ChunkRun, chunkNumber: number, planned: PlannedItems): Promise<void> {
  const now = new Date(run.clock.now());
  const outcomes = [...planned.plans.values()].flatMap((plan): ItemOutcome[] =>
    plan.kind === "settle" ? [plan.outcome] : [],
  );
  await run.db.transaction(async (tx) => {
    const { tenantId, id: jobId } = run.chunk.job;
    const job = await lockJob(tx, { tenantId, jobId });
    if (job === null || job.completedAt !== null) return;
    await writeNews(tx, { queue: run.queue, now }, { job, from: "pending", news: planned.news });
    await writeOutcomes(tx, { ...run, now }, { job, from: "pending", outcomes });
    await markDescribed(tx, run, job, chunkNumber);
  });
}

/** A chunk in which nothing is left to do is settled, which may make room for another. */
async function markDescribed(
  tx: Transaction,
  run: ChunkRun,
  job: JobRow,
  chunkNumber: number,
): Promise<void> {
  const isOpen = and(ofChunk(job, chunkNumber), sql`${transferItems.state} in ('pending', 'running')`);
  const open = await tx.$count(transferItems, isOpen);
  if (open === 0) await takeTurn(tx, job.tenantId);
  await tx
    .update(transferChunks)
    .set({ described: true, ...(open === 0 ? { state: "settled" as const } : {}) })
    .where(
      and(
        eq(transferChunks.tenantId, job.tenantId),
        eq(transferChunks.jobId, job.id),
        eq(transferChunks.number, chunkNumber),
      ),
    );
  if (open === 0) await releaseChunks(tx, { tenantId: job.tenantId, ...run });
}

function ofChunk(job: JobRow, chunkNumber: number) {
  return and(
    eq(transferItems.tenantId, job.tenantId),
    eq(transferItems.jobId, job.id),
    eq(transferItems.chunkNumber, chunkNumber),
  );
}
