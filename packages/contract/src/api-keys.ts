import { z } from "zod";
import { ApiKeyId, PlainText, Timestamp } from "./ids.ts";

/** What a credential allows. `read`, `write` and `admin` include the narrower ones. */
export const Scope = z
  .enum([
    "cloud_storage:read",
    "cloud_storage:write",
    "cloud_storage:delete",
    "cloud_storage:connect",
    "read",
    "write",
    "admin",
  ])
  .meta({ id: "Scope" });
export type Scope = z.infer<typeof Scope>;

/** An API key, as everybody but its holder sees it. */
export const ApiKey = z
  .object({
    id: ApiKeyId,
    name: z.string(),
    prefix: z.string().meta({ description: "How the key begins, so that people tell keys apart." }),
    user_id: z.string().meta({ description: "Whom the key acts for." }),
    scopes: z.array(z.string()),
    state: z.enum(["active", "expired", "revoked"]),
    created_at: Timestamp,
    expires_at: Timestamp.nullable(),
    last_used_at: Timestamp.nullable().meta({ description: "Exact to a minute." }),
    revoked_at: Timestamp.nullable(),
  })
  .meta({ id: "ApiKey" });
export type ApiKey = z.infer<typeof ApiKey>;

export const CreateApiKeyRequest = z
  .strictObject({
    name: PlainText(200),
    scopes: z.array(Scope).min(1).max(20),
    expires_at: Timestamp.nullable().default(null),
  })
  .meta({ id: "CreateApiKeyRequest" });

export const CreateApiKeyReply = z
  .object({
    api_key: ApiKey,
    secret: z.string().meta({ description: "The key itself. It is never shown again." }),
  })
  .meta({ id: "CreateApiKeyReply" });

export const ApiKeyReply = z.object({ api_key: ApiKey }).meta({ id: "ApiKeyReply" });

export const ListApiKeysQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: ApiKeyId.optional(),
});

export const ListApiKeysReply = z
  .object({ api_keys: z.array(ApiKey), next_cursor: z.string().nullable() })
  .meta({ id: "ListApiKeysReply" });

export const ApiKeyPath = z.strictObject({ key_id: ApiKeyId });
