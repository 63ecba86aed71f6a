import { auditEvents, type Queryable } from "../../db/index.ts";
import { type Clock, newId } from "../../platform/index.ts";
import type { Principal } from "../principal.ts";

/** What can have happened, with what it means. Names are stable: they may be added, never renamed. */
export const AUDIT_ACTIONS = {
  "sign_in.succeeded": "Somebody signed in with e-mail address and password.",
  "sign_in.failed":
    "Somebody tried to sign in to this account and failed; `details.reason` is `wrong_password`, or `rate_limited` when too many had failed before.",
  sign_out: "Somebody signed out.",
  "api_key.created": "An API key was made.",
  "api_key.revoked": "An API key was revoked.",
  "connection.created": "An account was connected.",
  "connection.renewed": "An account that was connected was connected again.",
  "connection.refused": "Connecting an account failed; `details.reason` is the error code.",
  "connection.removed": "An account was disconnected.",
  "member.joined": "Somebody accepted an invitation.",
  "member.role_changed": "A member became an admin, or an admin a member.",
  "member.removed": "A member was removed with what was theirs.",
  "invitation.created": "Somebody was invited.",
  "invitation.revoked": "An invitation was taken back.",
  "workspace.deletion_requested": "The workspace is to be deleted with all that is in it.",
  "connection.needs_reauth": "The provider ended an account's grant; its owner must connect it again.",
  "picker.token_given": "A picker session was opened with the account's access token in the reply.",
} as const satisfies Record<string, string>;
type AuditAction = keyof typeof AUDIT_ACTIONS;

/** What of a principal is kept of them. Also somebody whose request is over, known by the credential that it came with. */
export type AuditActor = Pick<Principal, "kind" | "userId" | "client">;

/** One thing that happened, as the audit log of its tenant keeps it. Never holds a secret. */
export interface AuditEvent {
  readonly tenantId: string;
  readonly action: AuditAction;
  /** Who did it: a principal, somebody without a valid credential, or Driveway by itself. */
  readonly actor: AuditActor | "nobody" | "system";
  /** To what; null when the action says it all. */
  readonly target: { readonly kind: AuditTargetKind; readonly id: string } | null;
  /** Facts for the admin who reads it: a role, a reason, a prefix. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  /** Where the request came from, when the actor is no principal; a principal carries it. */
  readonly client?: Principal["client"];
}

/** What an event can be about. */
type AuditTargetKind = "user" | "api_key" | "invitation" | "connection" | "workspace";

/** Writes an event, within the transaction of what it tells of where there is one. */
export async function recordEvent(
  parts: { readonly db: Queryable; readonly clock: Clock },
  event: AuditEvent,
): Promise<void> {
  const { actor } = event;
  const principal = typeof actor === "string" ? null : actor;
  const client = principal?.client ?? event.client;
  await parts.db.insert(auditEvents).values({
    id: newId("evt"),
    tenantId: event.tenantId,
    action: event.action,
    actorKind: typeof actor === "string" ? actor : actor.kind,
    actorUserId: principal?.userId ?? null,
    targetKind: event.target?.kind ?? null,
    targetId: event.target?.id ?? null,
    address: client?.address ?? null,
    requestId: client?.requestId ?? null,
    details: event.details ?? {},
    createdAt: new Date(parts.clock.now()),
  });
}
