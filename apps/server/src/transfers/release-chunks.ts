import { sql } from "drizzle-orm";
import type { Transaction } from "../db/index.ts";
import type { Queue } from "../queue/index.ts";
import { type ChunksInFlight, planReleases, type Release, type WaitingJob } from "./plan-releases.ts";
import type { TransferShape } from "./transfer-limits.ts";

/** The lanes of chunks, each with consumers of its own. */
export const CHUNK_LANES = ["transfer-chunk-first", "transfer-chunk"] as const;

/**
 * Takes the tenant's turn at the window, until the transaction ends. Whoever locks job rows as well locks them first:
 * the order is job, turn, chunks.
 */
export async function takeTurn(tx: Transaction, tenantId: string): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`transfer window of ${tenantId}`}, 0))`,
  );
}

/**
 * Sends messages for as many waiting chunks of the tenant's open jobs as its windows have room for. Called whenever
 * room or work appears, in the transaction that makes it appear: so the limits hold and nothing is left waiting.
 */
export async function releaseChunks(
  tx: Transaction,
  params: { readonly tenantId: string; readonly queue: Queue; readonly shape: TransferShape },
): Promise<void> {
  const { tenantId, queue, shape } = params;
  await takeTurn(tx, tenantId);
  const inFlight = await readInFlight(tx, tenantId);
  if (inFlight.reduce((sum, { count }) => sum + count, 0) >= shape.tenantChunks) return;
  const releases = planReleases({ ...shape, inFlight, jobs: await readWaitingJobs(tx, tenantId, shape) });
  if (releases.length === 0) return;
  const jobIds = releases.map(({ jobId }) => jobId);
  const numbers = releases.map(({ chunkNumber }) => chunkNumber);
  await tx.execute(sql`
    update transfer_chunks set state = 'released', not_before = null, released_at = clock_timestamp()
    from unnest(${sql.param(jobIds)}::text[], ${sql.param(numbers)}::int[]) as chosen (job_id, number)
    where transfer_chunks.job_id = chosen.job_id and transfer_chunks.number = chosen.number
      and transfer_chunks.tenant_id = ${tenantId} and transfer_chunks.state = 'waiting'`);
  const messagesOf = (chosen: readonly Release[]) =>
    chosen.map(({ jobId, chunkNumber }) => ({ tenantId, jobId, chunkNumber }));
  const [firstLane, lane] = CHUNK_LANES;
  await queue.sendAll(tx, firstLane, messagesOf(releases.filter(({ isFirst }) => isFirst)));
  await queue.sendAll(tx, lane, messagesOf(releases.filter(({ isFirst }) => !isFirst)));
}

async function readInFlight(tx: Transaction, tenantId: string): Promise<ChunksInFlight[]> {
  const { rows } = await tx.execute<ChunksInFlight & Record<string, unknown>>(sql`
    select job_id as "jobId", connection_id as "connectionId", count(*)::int as "count"
    from transfer_chunks where tenant_id = ${tenantId} and state = 'released'
    group by job_id, connection_id`);
  return rows;
}

async function readWaitingJobs(
  tx: Transaction,
  tenantId: string,
  shape: TransferShape,
): Promise<WaitingJob[]> {
  const { rows } = await tx.execute<WaitingJob & Record<string, unknown>>(sql`
    select job.id as "jobId", job.connection_id as "connectionId", waiting.numbers as "waitingChunks"
    from transfer_jobs job
    cross join lateral (
      select array(
        select number from transfer_chunks chunk
        where chunk.tenant_id = job.tenant_id and chunk.job_id = job.id and chunk.state = 'waiting'
          and (chunk.not_before is null or chunk.not_before <= now())
        order by number limit ${shape.connectionChunks}
      ) as numbers
    ) waiting
    left join transfer_chunks served on served.tenant_id = job.tenant_id and served.job_id = job.id
      and served.number = waiting.numbers[1] - 1
    where job.tenant_id = ${tenantId} and job.completed_at is null and cardinality(waiting.numbers) > 0
      and (job.paused_until is null or job.paused_until <= now())
    order by served.released_at nulls first, job.created_at, job.id`);
  return rows;
}
