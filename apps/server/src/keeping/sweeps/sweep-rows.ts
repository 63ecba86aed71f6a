import { type SQL, sql } from "drizzle-orm";
import { acrossTenants, type Database, idempotencyKeys, uploadSessions } from "../../db/index.ts";
import type { KeepingParts } from "../keeping-parts.ts";

const BATCH = 1_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const KEYS_KEPT_MS = DAY_MS;
/** As long as a provider remembers an upload that is not finished. */
const UPLOADS_KEPT_MS = 7 * DAY_MS;

/** Removes Idempotency-Keys that are older than a day. Returns how many. */
export function sweepIdempotencyKeys(
  parts: Pick<KeepingParts, "db" | "clock">,
  { signal }: { readonly signal: AbortSignal },
): Promise<number> {
  const before = new Date(parts.clock.now() - KEYS_KEPT_MS).toISOString();
  return inBatches(parts.db, signal, () => {
    return sql`delete from ${idempotencyKeys} where ${acrossTenants("expiredRows")} and ctid in (
      select ctid from ${idempotencyKeys} where ${acrossTenants("expiredRows")} and created_at < ${before}::timestamptz
      limit ${BATCH} for update skip locked)`;
  });
}

/** Removes the addresses of uploads that the provider has forgotten. Returns how many. */
export function sweepUploadSessions(
  parts: Pick<KeepingParts, "db" | "clock">,
  { signal }: { readonly signal: AbortSignal },
): Promise<number> {
  const before = new Date(parts.clock.now() - UPLOADS_KEPT_MS).toISOString();
  return inBatches(parts.db, signal, () => {
    return sql`delete from ${uploadSessions} where ${acrossTenants("expiredRows")} and id in (
      select id from ${uploadSessions} where ${acrossTenants("expiredRows")} and created_at < ${before}::timestamptz
      limit ${BATCH} for update skip locked)`;
  });
}

/** A thousand at a time, so that no lock is held for long. */
async function inBatches(db: Database, signal: AbortSignal, statement: () => SQL): Promise<number> {
  for (let removed = 0; ; ) {
    signal.throwIfAborted();
    const { rowCount } = await db.execute(statement());
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) return removed;
  }
}
