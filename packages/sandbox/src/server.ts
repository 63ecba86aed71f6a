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
import type { LiveSettings } from "./settings/index.ts";
import { type RequestLog, watchTraffic } from "./traffic/index.ts";

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
  settings,
  now,
}: {
  origin: () => string;
  client: OAuthClient;
  accounts: readonly Account[];
  grants: Grants;
  codes: AuthorizationCodes;
  store: DriveStore;
  requests: RequestLog;
  settings: LiveSettings;
  now: () => number;
}): Promise<FastifyInstance> {
  const app = Fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: LONGEST_PATH_PARAMETER },
  });
  watchTraffic(app, { requests, now });
  const signingKey = await generateSigningKey();
  registerPageRoutes(app, { origin, clientId: client.clientId, accounts });
  await registerOAuthRoutes(app, { origin, client, accounts, grants, codes, signingKey, settings, now });
  await registerDriveRoutes(app, { store, authorize: createAuthorize({ grants }), settings, now });
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .type("text/html; charset=utf-8")
      .send("<!doctype html><title>Error 404 (Not Found)</title>\n"),
  );
  return app;
}
