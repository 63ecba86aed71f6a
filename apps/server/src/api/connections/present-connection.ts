import { Provider, type Connection as ConnectionReply } from "@driveway/contract";
import type { Connection } from "../../connections/index.ts";

/** A connection as the list and the programmatic callback tell it. */
export function presentConnection(connection: Connection): ConnectionReply {
  return {
    id: connection.id,
    provider: Provider.parse(connection.provider),
    provider_email: connection.providerEmail,
    provider_display_name: connection.providerDisplayName,
    is_active: connection.needsReauthReason === null,
    created_at: connection.createdAt.toISOString(),
    last_used_at: connection.lastUsedAt?.toISOString() ?? null,
    needs_reauth_reason: connection.needsReauthReason,
  };
}
