import {
  ConnectionPath,
  PickerProxyReply,
  PickerProxyRequest,
  PickerTokenQuery,
  PickerTokenReply,
} from "@driveway/contract";
import type { Connections } from "../../connections/index.ts";
import type { ApiServer } from "../api-server.ts";
import { principalOf } from "../principal-of.ts";

const TAGS = ["Picker"];

/** Picker sessions and the proxy that they open. */
export function pickerRoutes(app: ApiServer, { connections }: { readonly connections: Connections }): void {
  app.get(
    "/api/v2/cloud-storage/connections/:connection_id/picker-token",
    {
      schema: {
        tags: TAGS,
        operationId: "getPickerToken",
        summary: "Open a picker session",
        params: ConnectionPath,
        querystring: PickerTokenQuery,
        response: { 200: PickerTokenReply },
      },
      config: { hasEffect: true },
      // HEAD would open a session that nobody hears of.
      exposeHeadRoute: false,
    },
    async (request) => {
      const principal = principalOf(request);
      const opened = await connections.openPickerSession({
        principal,
        connectionId: request.params.connection_id,
        withholdToken: request.query.access_token === "withhold",
      });
      const session = {
        session_id: opened.sessionId,
        access_token: opened.accessToken,
        app_id: opened.appId,
        developer_key: opened.developerKey,
        expires_at: opened.expiresAt.toISOString(),
      };
      return { session };
    },
  );

  app.post(
    "/api/v2/cloud-storage/picker-proxy",
    {
      schema: {
        tags: TAGS,
        operationId: "pickerProxy",
        summary: "Look into a Drive without holding its token",
        body: PickerProxyRequest,
        response: { 200: PickerProxyReply },
      },
    },
    async (request) => {
      const { session_id, endpoint, params } = request.body;
      const principal = principalOf(request);
      const data = await connections.pickerProxy({
        principal,
        sessionId: session_id,
        endpoint,
        params: params ?? {},
      });
      return { data };
    },
  );
}
