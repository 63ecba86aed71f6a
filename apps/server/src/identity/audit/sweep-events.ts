import { sql } from "drizzle-orm";
import { acrossTenants, auditEvents, type Database } from "../../db/index.ts";
import type { Clock, Log } from "../../platform/index.ts";
import { sweepRunOut } from "../sweep-run-out.ts";

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

/** Sweeps now and once a day, with what else has run out. @returns what ends it */
export function startSweeping(
  parts: { readonly db: Database; readonly clock: Clock; readonly log: Log },
  params: { readonly days: number },
): () => Promise<void> {
  let sweeping: Promise<unknown> = Promise.resolve();
  const sweep = () => {
    const tell = (what: string) => (removed: number) => {
      if (removed > 0) parts.log.info({ removed }, what);
    };
    const events = sweepEvents(parts, params).then(
      tell("old events were removed from the audit log"),
      (error: unknown) => parts.log.error({ err: error }, "the audit log could not be swept"),
    );
    const runOut = sweepRunOut(parts).then(
      tell("sessions and invitations that have run out were removed"),
      (error: unknown) => parts.log.error({ err: error }, "sessions and invitations could not be swept"),
    );
    sweeping = Promise.all([events, runOut]);
  };
  sweep();
  const timer = setInterval(sweep, DAY_MS).unref();
  return async () => {
    clearInterval(timer);
    await sweeping;
  };
}
