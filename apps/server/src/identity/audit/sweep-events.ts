import { sql } from "drizzle-orm";
import { acrossTenants, auditEvents, type Database } from "../../db/index.ts";
import type { Clock } from "../../platform/index.ts";

const BATCH = 1_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Removes the events of every tenant that are older than the retention time, a thousand at a time, so that no lock is held
 * for long. Processes that sweep at once leave each other's rows alone.
 * @param params.days 0 keeps everything
 * @returns how many were removed
 */
export async function sweepEvents(
  parts: { readonly db: Database; readonly clock: Clock },
  params: { readonly days: number },
): Promise<number> {
  if (params.days === 0) return 0;
  const before = new Date(parts.clock.now() - params.days * DAY_MS).toISOString();
  let removed = 0;
  for (;;) {
    const { rowCount } = await parts.db.execute(sql`
      delete from ${auditEvents} where ${acrossTenants("expiredRows")} and id in (
        select id from ${auditEvents} where ${acrossTenants("expiredRows")} and created_at < ${before}::timestamptz
        order by created_at limit ${BATCH} for update skip locked)`);
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) return removed;
  }
}
