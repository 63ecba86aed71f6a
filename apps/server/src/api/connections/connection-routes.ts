import {
  ConnectionPath,
  DisconnectReply,
  ListConnectionsQuery,
  ListConnectionsReply,
} from "@driveway/contract";
import type { Connections } from "../../connections/index.ts";
import type { ApiServer } from "../api-server.ts";
import { principalOf } from "../principal-of.ts";
import { presentConnection } from "./present-connection.ts";

const PATH = "/api/v2/cloud-storage/connections";
const TAGS = ["Connections"];

/** The caller's connections: list and disconnect. */
export function connectionRoutes(
  app: ApiServer,
  { connections }: { readonly connections: Connections },
): void {
  app.get(
    PATH,
    {
      schema: {
        tags: TAGS,
        operationId: "listConnections",
        summary: "List your connections",
        querystring: ListConnectionsQuery,
        response: { 200: ListConnectionsReply },
      },
    },
    async (request) => {
      const { provider, active_only } = request.query;
      const found = await connections.listConnections({
        principal: principalOf(request),
        provider: provider ?? null,
        activeOnly: active_only === "true",
      });
      return { connections: found.map(presentConnection), total_count: found.length };
    },
  );

  app.delete(
    `${PATH}/:connection_id`,
    {
      schema: {
        tags: TAGS,
        operationId: "disconnect",
        summary: "Disconnect an account: its jobs are cancelled and its grant is revoked",
        params: ConnectionPath,
        response: { 200: DisconnectReply },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const revocation = await connections.disconnect({ principal, id: request.params.connection_id });
      const more = revocation === "queued" ? "; the provider will be asked again to revoke its grant" : "";
      return { success: true as const, message: `Connection disconnected successfully${more}` };
    },
  );
}
