import { ListAuditEventsQuery, ListAuditEventsReply } from "@driveway/contract";
import { AUDIT_ACTIONS, type Identity } from "../../identity/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { ApiServer } from "../api-server.ts";
import { principalOf } from "../principal-of.ts";
import { presentEvent, presentPlace, readPlace } from "./present-event.ts";

/** What happened at the doors of the caller's workspace. */
export function auditRoutes(app: ApiServer, { identity }: { readonly identity: Identity }): void {
  const schema = {
    tags: ["Audit log"],
    operationId: "listAuditEvents",
    summary: "What happened in the workspace: sign-ins, keys, members, connections; newest first",
    querystring: ListAuditEventsQuery,
    response: { 200: ListAuditEventsReply },
  };
  app.get("/api/v2/audit-log", { schema }, async (request) => {
    const { tenantId } = principalOf(request);
    const { limit, cursor, action, actor_user_id, target_id, from, to } = request.query;
    requireKnownAction(action);
    const { events, next } = await identity.listEvents({
      tenantId,
      limit,
      after: readPlace(cursor),
      action: action ?? null,
      actorUserId: actor_user_id ?? null,
      targetId: target_id ?? null,
      from: from === undefined ? null : new Date(from),
      to: to === undefined ? null : new Date(to),
    });
    return { events: events.map(presentEvent), next_cursor: presentPlace(next) };
  });
}

/** A misspelt action would find nothing, and read as if nothing had happened. */
function requireKnownAction(action: string | undefined): void {
  if (action === undefined || Object.hasOwn(AUDIT_ACTIONS, action)) return;
  const message = "is no action of the audit log";
  throw new DrivewayError("validation_failed", `action: ${message}`, {
    details: { in: "querystring", issues: [{ field: "action", message }] },
  });
}
