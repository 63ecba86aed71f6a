import { and, eq, inArray, isNotNull, notExists } from "drizzle-orm";
import { auditEvents, type Database, images, tenants, transferJobs, users } from "../db/index.ts";

const EVENTS_PER_STATEMENT = 5_000;

/**
 * Removes what is left of a workspace that is to be deleted: audit log, collections, its own row.
 * @returns false when users, images or jobs are still there, and nothing was removed but events
 */
export async function deleteTenant(
  db: Database,
  wanted: { readonly tenantId: string; readonly signal: AbortSignal },
): Promise<boolean> {
  const { tenantId, signal } = wanted;
  for (let removed = 1; removed > 0; ) {
    signal.throwIfAborted();
    const some = db
      .select({ id: auditEvents.id })
      .from(auditEvents)
      .where(eq(auditEvents.tenantId, tenantId))
      .limit(EVENTS_PER_STATEMENT);
    const result = await db
      .delete(auditEvents)
      .where(and(eq(auditEvents.tenantId, tenantId), inArray(auditEvents.id, some)));
    removed = result.rowCount ?? 0;
  }
  const gone = await db
    .delete(tenants)
    .where(
      and(
        eq(tenants.id, tenantId),
        isNotNull(tenants.deletionRequestedAt),
        notExists(db.select({ id: users.id }).from(users).where(eq(users.tenantId, tenantId))),
        notExists(db.select({ id: images.id }).from(images).where(eq(images.tenantId, tenantId))),
        notExists(
          db.select({ id: transferJobs.id }).from(transferJobs).where(eq(transferJobs.tenantId, tenantId)),
        ),
      ),
    )
    .returning({ id: tenants.id });
  return gone.length > 0;
}
