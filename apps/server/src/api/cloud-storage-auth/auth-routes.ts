import {
  AttemptPath,
  AttemptReply,
  CompleteAuthReply,
  CompleteAuthRequest,
  ProviderPath,
  StartAuthReply,
  StartAuthRequest,
} from "@driveway/contract";
import type { Connections } from "../../connections/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { ApiServer } from "../api-server.ts";
import { presentConnection } from "../connections/present-connection.ts";
import { principalOf } from "../principal-of.ts";
import { rememberBrowser } from "./browser-cookie.ts";
import { callbackRoute } from "./callback-route.ts";
import { popupRoute } from "./popup-route.ts";
import { presentAttempt, presentProvider } from "./present-attempt.ts";

const PATH = "/api/v2/cloud-storage/auth/:provider";
const TAGS = ["OAuth"];

export interface AuthRouteParts {
  readonly connections: Connections;
  /** Cookies are for https alone when this is https. */
  readonly publicUrl: string;
}

/** Connecting an account: begin, come back, and ask how it ended. */
export function cloudStorageAuthRoutes(app: ApiServer, parts: AuthRouteParts): void {
  startRoute(app, parts);
  callbackRoute(app, parts);
  popupRoute(app, parts);
  completeRoute(app, parts);
  attemptRoute(app, parts);
}

function startRoute(app: ApiServer, { connections, publicUrl }: AuthRouteParts): void {
  const schema = {
    tags: TAGS,
    operationId: "startAuth",
    summary: "Begin to connect an account: the address to send the user to",
    params: ProviderPath,
    body: StartAuthRequest,
    response: { 200: StartAuthReply },
  };
  app.post(PATH, { schema }, async (request, reply) => {
    const { provider } = request.params;
    if (request.body.provider !== provider) {
      throw new DrivewayError("provider_mismatch", "The provider in the body is not the one in the path.");
    }
    const origin = request.headers.origin ?? null;
    const begun = await connections.startAttempt({
      principal: principalOf(request),
      provider,
      redirectUri: request.body.redirect_uri ?? null,
      origin,
      browserId: origin === null ? null : rememberBrowser(request, reply, { publicUrl }),
      returnUrl: request.body.return_url ?? null,
    });
    return {
      authorization_url: begun.authorizationUrl,
      state: begun.state,
      provider: presentProvider(provider),
      attempt_secret: begun.attemptSecret,
    };
  });
}

function completeRoute(app: ApiServer, { connections }: AuthRouteParts): void {
  const schema = {
    tags: TAGS,
    operationId: "completeAuth",
    summary: "Finish to connect an account with the code that the provider sent to the application",
    params: ProviderPath,
    body: CompleteAuthRequest,
    response: { 200: CompleteAuthReply },
  };
  app.post(`${PATH}/callback`, { schema }, async (request) => {
    const { code, state, redirect_uri } = request.body;
    const { connection, isNew } = await connections.finishForPrincipal({
      principal: principalOf(request),
      provider: request.params.provider,
      code,
      state,
      redirectUri: redirect_uri ?? null,
    });
    return { connection: presentConnection(connection), is_new: isNew };
  });
}

function attemptRoute(app: ApiServer, { connections }: AuthRouteParts): void {
  const schema = {
    tags: TAGS,
    operationId: "getAuthAttempt",
    summary: "How an attempt ended, for a page whose popup lost its opener",
    params: AttemptPath,
    response: { 200: AttemptReply },
  };
  app.get(`${PATH}/attempts/:state`, { schema }, async (request) => {
    const { provider, state } = request.params;
    return presentAttempt(
      await connections.attemptOutcome({ principal: principalOf(request), provider, state }),
    );
  });
}
