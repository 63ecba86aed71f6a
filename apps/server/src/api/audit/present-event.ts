import type { AuditEvent } from "@driveway/contract";
import type { EventPlace, LoggedEvent } from "../../identity/index.ts";

/** An event of the audit log as the contract has it. */
export function presentEvent(event: LoggedEvent): AuditEvent {
  const { targetKind, targetId } = event;
  return {
    id: event.id,
    action: event.action,
    actor: { kind: event.actorKind, user_id: event.actorUserId },
    target: targetKind === null || targetId === null ? null : { kind: targetKind, id: targetId },
    address: event.address,
    request_id: event.requestId,
    details: event.details as Record<string, unknown>,
    created_at: event.createdAt.toISOString(),
  };
}

/** Where the next page goes on, as a text that says nothing to callers. */
export function presentPlace(place: EventPlace | null): string | null {
  return place === null ? null : `${place.createdAt.getTime().toString().padStart(13, "0")}.${place.id}`;
}

/** @param cursor of the shape that the contract checks; undefined for the first page */
export function readPlace(cursor: string | undefined): EventPlace | null {
  if (cursor === undefined) return null;
  const [createdAtMs = "", id = ""] = cursor.split(".");
  return { createdAt: new Date(Number(createdAtMs)), id };
}
