import { z } from "zod";
import { ConnectionId, Provider, QueryFlag, Timestamp } from "./ids.ts";
import { Connection } from "./oauth.ts";

export const ConnectionPath = z.strictObject({ connection_id: ConnectionId });

export const ListConnectionsQuery = z.strictObject({
  provider: Provider.optional(),
  active_only: QueryFlag.default("true"),
});

export const ListConnectionsReply = z
  .object({ connections: z.array(Connection), total_count: z.int() })
  .meta({ id: "ListConnectionsReply" });

export const DisconnectReply = z
  .object({ success: z.literal(true), message: z.string() })
  .meta({ id: "DisconnectReply" });

export const PickerTokenQuery = z.strictObject({
  access_token: z.literal("withhold").optional().meta({
    description:
      "Leave the access token empty, for pages that use the proxy alone. PICKER_ACCESS_TOKEN=withhold makes that the rule of a deployment.",
  }),
});

export const PickerTokenReply = z
  .object({
    session: z.object({
      session_id: z.string(),
      access_token: z.string().meta({ description: "Empty when it is withheld." }),
      app_id: z.string(),
      developer_key: z.string(),
      expires_at: Timestamp,
    }),
  })
  .meta({ id: "PickerTokenReply" });

export const PickerProxyRequest = z
  .strictObject({
    session_id: z.string(),
    endpoint: z.string(),
    params: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "PickerProxyRequest" });

export const PickerProxyReply = z
  .object({ data: z.unknown().meta({ description: "What the provider answered." }) })
  .meta({ id: "PickerProxyReply" });
