import type { ApiKey as ApiKeyReply } from "@driveway/contract";
import type { ApiKey } from "../../identity/index.ts";

/** An API key as the API tells it. */
export function presentApiKey(key: ApiKey): ApiKeyReply {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    user_id: key.userId,
    scopes: [...key.scopes],
    state: key.state,
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
  };
}
