import Fastify, { type FastifyInstance } from "fastify";
import type { Account } from "./account.ts";
import { type DriveStore, registerDriveRoutes } from "./drive/index.ts";
import {
  createAuthorize,
  type OAuthClient,
  type Grants,
  type AuthorizationCodes,
  generateSigningKey,
  registerOAuthRoutes,
} from "./oauth/index.ts";
import { registerPageRoutes } from "./pages/index.ts";
import type { RequestLog } from "./request-log.ts";

/** Long enough for any id that a client may make up; Fastify answers 404 beyond it. */
const LONGEST_PATH_PARAMETER = 1024;

/**
 * Puts the parts of the sandbox behind one HTTP server, which does not listen yet.
 *
 * @param origin the address of the sandbox, asked for only while a request is answered
 */
export async function buildServer({
  origin,
  client,
  accounts,
  grants,
  codes,
  store,
  requests,
  now,
}: {
  origin: () => string;
  client: OAuthClient;
  accounts: readonly Account[];
  grants: Grants;
  codes: AuthorizationCodes;
  store: DriveStore;
  requests: RequestLog;
  now: () => number;
}): Promise<FastifyInstance> {
  const app = Fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: LONGEST_PATH_PARAMETER },
  });
  const record = requests.record.bind(requests);
  const signingKey = await generateSigningKey();
  registerPageRoutes(app, { origin, clientId: client.clientId, accounts });
  await registerOAuthRoutes(app, { origin, client, accounts, grants, codes, signingKey, now, record });
  await registerDriveRoutes(app, { store, authorize: createAuthorize({ grants }), now, record });
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .type("text/html; charset=utf-8")
      .send("<!doctype html><title>Error 404 (Not Found)</title>\n"),
  );
  return app;
}
