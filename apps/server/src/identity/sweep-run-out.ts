import { and, lte } from "drizzle-orm";
import { acrossTenants, authSessions, type Database, invitations } from "../db/index.ts";
import type { Clock } from "../platform/index.ts";

/**
 * Removes sessions and invitations that have run out, which nobody can use any more: they hold addresses of people.
 * @returns how many were removed
 */
export async function sweepRunOut(parts: { readonly db: Database; readonly clock: Clock }): Promise<number> {
  const now = new Date(parts.clock.now());
  const sessions = await parts.db.delete(authSessions).where(lte(authSessions.expiresAt, now));
  const invited = await parts.db
    .delete(invitations)
    .where(and(acrossTenants("expiredRows"), lte(invitations.expiresAt, now)));
  return (sessions.rowCount ?? 0) + (invited.rowCount ?? 0);
}
