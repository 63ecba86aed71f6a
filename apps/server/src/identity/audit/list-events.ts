import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import { auditEvents, type Database } from "../../db/index.ts";

/** An event as it stands in the log. */
export type LoggedEvent = typeof auditEvents.$inferSelect;

/** The last event of a page, from which the next goes on. */
export interface EventPlace {
  readonly createdAt: Date;
  readonly id: string;
}

export interface EventQuery {
  readonly tenantId: string;
  readonly limit: number;
  /** Null for the first page. */
  readonly after: EventPlace | null;
  readonly action: string | null;
  readonly actorUserId: string | null;
  readonly targetId: string | null;
  /** The moment itself included. */
  readonly from: Date | null;
  /** The moment itself left out. */
  readonly to: Date | null;
}

/** A page of a tenant's audit log, newest first. Events of the same moment are ordered by id, so that pages do not overlap. */
export async function listEvents(
  db: Database,
  query: EventQuery,
): Promise<{ readonly events: readonly LoggedEvent[]; readonly next: EventPlace | null }> {
  const { createdAt, id } = auditEvents;
  const { after, action, actorUserId, targetId, from, to } = query;
  const rows = await db
    .select()
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.tenantId, query.tenantId),
        action === null ? undefined : eq(auditEvents.action, action),
        actorUserId === null ? undefined : eq(auditEvents.actorUserId, actorUserId),
        targetId === null ? undefined : eq(auditEvents.targetId, targetId),
        from === null ? undefined : gte(createdAt, from),
        to === null ? undefined : lt(createdAt, to),
        after === null
          ? undefined
          : sql`(${createdAt}, ${id}) < (${after.createdAt.toISOString()}::timestamptz, ${after.id})`,
      ),
    )
    .orderBy(desc(createdAt), desc(id))
    .limit(query.limit + 1);
  const events = rows.slice(0, query.limit);
  return { events, next: rows.length > query.limit ? (events.at(-1) ?? null) : null };
}
