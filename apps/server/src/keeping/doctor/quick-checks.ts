import { sql } from "drizzle-orm";
import { type BlobStore, tryWriting } from "../../blobs/index.ts";
import { acrossTenants, countSealed, type Database, type Queries } from "../../db/index.ts";
import { type Finding, finding } from "../check/finding.ts";

const CLOCK_TOLERANCE_MS = 10_000;
const LONG_WAIT_MINUTES = 10;
/** A worker says more often than this that it is there. */
const SILENCE_SECONDS = 30;
/** Grants of an app in Testing live seven days. */
const SHORT_GRANT_DAYS = 8;

/** What the quick checks look at. */
export interface QuickParts {
  readonly db: Database;
  readonly queries: Queries;
  readonly blobs: BlobStore;
  /** The keys that are configured, by id. */
  readonly keyIds: readonly string[];
}

/** What can be told within a second or two of whether the service can do its work. */
export async function quickChecks(parts: QuickParts): Promise<readonly Finding[]> {
  const checks = [databaseClock, blobStore, sealingKeys, workers, waitingJobs, shortGrants];
  return (await Promise.all(checks.map((check) => check(parts)))).flat();
}

async function databaseClock({ db }: QuickParts): Promise<readonly Finding[]> {
  const before = Date.now();
  const { rows } = await db.execute<{ nowMs: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::bigint as "nowMs"`,
  );
  const halfWay = (before + Date.now()) / 2;
  return clockFinding("the database", (rows[0]?.nowMs ?? halfWay) - halfWay);
}

/** Whether another clock is too far from ours. */
export function clockFinding(whose: string, differenceMs: number): readonly Finding[] {
  if (Math.abs(differenceMs) <= CLOCK_TOLERANCE_MS) return [];
  const seconds = Math.round(Math.abs(differenceMs) / 1000);
  const way = differenceMs > 0 ? "ahead of" : "behind";
  return [finding("clock_differs", whose, `Its clock is ${seconds} seconds ${way} this machine's.`)];
}

async function blobStore({ blobs }: QuickParts): Promise<readonly Finding[]> {
  try {
    await tryWriting(blobs);
    return [];
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    return [finding("store_not_writable", "the blob store", `It cannot be written (${reason}).`)];
  }
}

async function sealingKeys({ queries, keyIds }: QuickParts): Promise<readonly Finding[]> {
  const counts = await countSealed(queries);
  const missing = [...new Set(counts.map(({ keyId }) => keyId))].filter((id) => !keyIds.includes(id));
  return missing.map((id) =>
    finding("sealing_key_missing", id, "Values are sealed with this key, and it is not configured."),
  );
}

async function workers({ db }: QuickParts): Promise<readonly Finding[]> {
  const { rows: tables } = await db.execute(sql`select where to_regclass('workers') is not null`);
  if (tables.length === 0) return [];
  const { rowCount } = await db.execute(
    sql`select from workers where seen_at > now() - ${SILENCE_SECONDS}::int * interval '1 second'`,
  );
  if ((rowCount ?? 0) > 0) return [];
  return [finding("no_worker", "workers", "No worker has been heard of for half a minute.")];
}

async function waitingJobs({ db }: QuickParts): Promise<readonly Finding[]> {
  const { rows } = await db.execute<{ id: string; minutes: number }>(sql`
    select id, (extract(epoch from now() - updated_at) / 60)::int as minutes from transfer_jobs
    where ${acrossTenants("leftovers")} and completed_at is null and status = 'pending'
      and updated_at < now() - ${LONG_WAIT_MINUTES}::int * interval '1 minute'
    order by updated_at limit 1`);
  return rows.map(({ id, minutes }) =>
    finding(
      "job_waits_long",
      id,
      `It is the job that has waited longest for its first file: ${minutes} minutes.`,
    ),
  );
}

async function shortGrants({ db }: QuickParts): Promise<readonly Finding[]> {
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from connections
    where ${acrossTenants("leftovers")} and status = 'active'
      and refresh_token_expires_at < now() + ${SHORT_GRANT_DAYS}::int * interval '1 day'`);
  const count = rows[0]?.count ?? 0;
  if (count === 0) return [];
  const sentence = `Grants that run out within days: ${count}. Google gives such to apps in Testing.`;
  return [finding("grants_run_out", "connections", sentence)];
}
