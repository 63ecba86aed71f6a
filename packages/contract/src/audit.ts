import { z } from "zod";
import { Timestamp } from "./ids.ts";

/** One thing that happened at the doors of a workspace. */
export const AuditEvent = z
  .object({
    id: z.string(),
    action: z.string().meta({ description: "What happened; docs/audit-log.md lists them all." }),
    actor: z
      .object({
        kind: z.enum(["session", "api_key", "jwt", "nobody", "system"]),
        user_id: z.string().nullable(),
      })
      .meta({ description: "Who did it; `nobody` had no valid credential, `system` is Driveway by itself." }),
    target: z
      .object({ kind: z.string(), id: z.string() })
      .nullable()
      .meta({ description: "To what; null when the action says it all." }),
    address: z.string().nullable().meta({ description: "Where the request came from." }),
    request_id: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    created_at: Timestamp,
  })
  .meta({ id: "AuditEvent" });
export type AuditEvent = z.infer<typeof AuditEvent>;

/** An id of whatever kind: users, keys and connections have different ones. */
const AnyId = z
  .string()
  .max(90)
  .regex(/^[0-9A-Za-z_-]+$/, "must be an id");

export const ListAuditEventsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z
    .string()
    .regex(/^\d{13}\.evt_[0-9a-z]{26}$/, "must be the next_cursor of the page before")
    .optional(),
  action: z
    .string()
    .max(64)
    .regex(/^[a-z_]+(\.[a-z_]+)*$/, "must be an action like sign_in.failed")
    .optional(),
  actor_user_id: AnyId.optional(),
  target_id: AnyId.optional(),
  from: Timestamp.optional().meta({ description: "The first moment, itself included." }),
  to: Timestamp.optional().meta({ description: "The last moment, itself left out." }),
});

export const ListAuditEventsReply = z
  .object({ events: z.array(AuditEvent), next_cursor: z.string().nullable() })
  .meta({ id: "ListAuditEventsReply" });
