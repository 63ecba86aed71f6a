import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import type { Violations } from "./violations.ts";

const WITHIN_MS = 20_000;
const POLL_MS = 250;

/** What must be nought when all work is done: a count for each, and what it is. */
const NOTHING_LEFT: readonly (readonly [string, string])[] = [
  [
    "messages of transfers that wait or are with a worker",
    `select count(*) from queue.job where name like 'transfer-%' and state in ('created', 'retry', 'active')`,
  ],
  ["messages that were given up", `select count(*) from queue.job where name = 'transfer-chunk-dead'`],
  ["jobs without an end", "select count(*) from transfer_jobs where completed_at is null"],
  [
    "chunks that are with a worker",
    `select count(*) from transfer_chunks chunk join transfer_jobs job on job.id = chunk.job_id
     where chunk.state <> 'settled' and job.status = 'completed'`,
  ],
  ["items without an end", "select count(*) from transfer_items where state in ('pending', 'running')"],
  ["uploads that are kept open", "select count(*) from upload_sessions"],
  ["folders that are being listed", "select count(*) from transfer_folders where state = 'open'"],
  [
    "jobs that are said to pause",
    "select count(*) from transfer_jobs where completed_at is not null and paused_until is not null",
  ],
  [
    "advisory locks of transactions",
    `select count(*) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
       and database = (select oid from pg_database where datname = current_database())`,
  ],
  [
    "transactions that were left open",
    `select count(*) from pg_stat_activity where datname = current_database()
       and state like 'idle in transaction%' and state_change < now() - interval '10 seconds'`,
  ],
  [
    "connections that are not active",
    "select count(*) from connections where status <> 'active' or needs_reauth_reason is not null",
  ],
  [
    "jobs whose bytes are not those of their items",
    `select count(*) from transfer_jobs job where bytes_done <> (
       select coalesce(sum(item.bytes_done), 0) from transfer_items item where item.job_id = job.id)`,
  ],
];

/** Sees that the work has left nothing behind. What is only on its way out gets a moment. */
export async function checkRest(params: {
  readonly pool: pg.Pool;
  readonly violations: Violations;
}): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const left = await findLeft(params.pool);
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      for (const sentence of left) params.violations.add(sentence);
      return;
    }
    await delay(POLL_MS);
  }
}

async function findLeft(pool: pg.Pool): Promise<string[]> {
  const left: string[] = [];
  for (const [what, query] of NOTHING_LEFT) {
    const { rows } = await pool.query<{ count: string }>(query);
    const count = Number(rows[0]?.count ?? 0);
    if (count > 0) left.push(`${count} ${what} at the end`);
  }
  return left;
}
