import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendPage, signInErrorPage } from "../pages/index.ts";
import { asOAuthError } from "./as-oauth-error.ts";
import { answerAuthorization } from "./authorization-endpoint.ts";
import { bearerToken } from "./bearer.ts";
import { addressAt, contextAt } from "./context-at.ts";
import { answerDecision } from "./decision-endpoint.ts";
import { discoveryDocument } from "./discovery-document.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { partFromOpener } from "./part-from-opener.ts";
import { refuseForeignForm } from "./refuse-foreign-form.ts";
import { registerAccountRoutes } from "./register-account-routes.ts";
import { revokeToken } from "./revoke-token.ts";
import { answerTokenRequest } from "./token-endpoint.ts";
import { answerTokeninfo } from "./tokeninfo.ts";
import { answerUserinfo } from "./userinfo.ts";

const FORM = "application/x-www-form-urlencoded";
const FORM_LIMIT_BYTES = 256 * 1024;

/**
 * Adds the OAuth and OpenID Connect endpoints. They live in a scope of their own, so that their form parser
 * and their flat error shape do not reach the Drive routes.
 */
export async function registerOAuthRoutes(app: FastifyInstance, context: OAuthContext): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    const limits = { parseAs: "string", bodyLimit: FORM_LIMIT_BYTES } as const;
    scope.addContentTypeParser(
      FORM,
      limits,
      async (_request: FastifyRequest, body: string) => new URLSearchParams(body),
    );
    scope.addContentTypeParser("*", limits, async () => null);
    await scope.register(async (pages) => registerPages(pages, context));
    await scope.register(async (api) => registerApi(api, context));
  });
}

function registerPages(scope: FastifyInstance, context: OAuthContext): void {
  scope.setErrorHandler((error, _request, reply) => {
    const known = asOAuthError(error);
    if (known === null) throw error;
    const { status, error: code, message } = known;
    return sendPage(
      reply,
      status === 404 || status === 413 ? status : 400,
      signInErrorPage({ status, code, description: message }),
    );
  });
  scope.addHook("onRequest", partFromOpener(context));
  registerAccountRoutes(scope, context);
  scope.get("/o/oauth2/v2/auth", { config: { kind: "oauth.authorize" } }, (request, reply) =>
    answerAuthorization(contextAt(context, request), reply, {
      params: queryOf(request),
      caller: request.traffic,
    }),
  );
  scope.post("/o/oauth2/v2/auth/decision", { config: { kind: "oauth.decision" } }, (request, reply) => {
    refuseForeignForm(request);
    return answerDecision(contextAt(context, request), reply, {
      form: formOf(request),
      caller: request.traffic,
    });
  });
}

function registerApi(scope: FastifyInstance, context: OAuthContext): void {
  scope.setErrorHandler((error, _request, reply) => {
    const known = asOAuthError(error);
    if (known === null) throw error;
    return sendJson(reply, known.toBody(), known.status);
  });
  scope.get("/.well-known/openid-configuration", { config: { kind: "oauth.discovery" } }, (request, reply) =>
    sendJson(
      reply.header("cache-control", "public, max-age=3600"),
      discoveryDocument(addressAt(context, request), context.settings.current.oauth),
    ),
  );
  scope.get("/oauth2/v3/certs", { config: { kind: "oauth.certs" } }, async (_request, reply) => {
    const { keys, maxAgeSeconds } = await context.signingKeys.publish();
    return sendJson(reply.header("cache-control", `public, max-age=${maxAgeSeconds}`), { keys });
  });
  scope.get("/oauth2/v1/certs", { config: { kind: "oauth.certs" } }, async (_request, reply) => {
    const { certificates, maxAgeSeconds } = await context.signingKeys.publishCertificates();
    return sendJson(reply.header("cache-control", `public, max-age=${maxAgeSeconds}`), certificates);
  });
  scope.post("/token", { config: { kind: "oauth.token" } }, async (request, reply) => {
    const { authorization: authorizationHeader } = request.headers;
    return sendJson(
      reply,
      await answerTokenRequest(contextAt(context, request), {
        form: sentFormOf(request),
        authorizationHeader,
        caller: request.traffic,
      }),
    );
  });
  registerRevocation(scope, context);
  registerTokenInformation(scope, context);
}

/** The old address, on Google's host for accounts, takes GET too; the present one does not. */
function registerRevocation(scope: FastifyInstance, context: OAuthContext): void {
  const revoke = (request: FastifyRequest, reply: FastifyReply) => {
    const params = new URLSearchParams([...queryOf(request), ...formOf(request)]);
    revokeToken(context.grants, { params, caller: request.traffic });
    return sendJson(reply, {});
  };
  const config = { kind: "oauth.revoke" };
  scope.route({ method: "POST", url: "/revoke", config, handler: revoke });
  scope.route({ method: ["GET", "POST"], url: "/o/oauth2/revoke", config, handler: revoke });
}

function registerTokenInformation(scope: FastifyInstance, context: OAuthContext): void {
  const method = ["GET", "POST"];
  scope.route({
    method,
    url: "/tokeninfo",
    config: { kind: "oauth.tokeninfo" },
    handler: async (request, reply) => {
      const query = queryOf(request);
      const form = formOf(request);
      const bearer = bearerToken(request.headers.authorization);
      const accessToken = query.get("access_token") ?? form.get("access_token") ?? bearer;
      const idToken = query.get("id_token") ?? form.get("id_token");
      return sendJson(
        reply,
        await answerTokeninfo(contextAt(context, request), { accessToken, idToken, caller: request.traffic }),
      );
    },
  });
  scope.route({
    method,
    url: "/v1/userinfo",
    config: { kind: "oauth.userinfo" },
    handler: (request, reply) =>
      sendJson(
        reply,
        answerUserinfo(contextAt(context, request), {
          authorizationHeader: request.headers.authorization,
          caller: request.traffic,
        }),
      ),
  });
}

function sendJson(reply: FastifyReply, body: unknown, status = 200): FastifyReply {
  if (!reply.hasHeader("cache-control")) {
    reply.header("cache-control", "no-cache, no-store, max-age=0, must-revalidate");
  }
  return reply
    .code(status)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify(body, null, 2));
}

/** Read from the address itself: Fastify's own query parser would fold repeated parameters. */
function queryOf(request: FastifyRequest): URLSearchParams {
  return new URL(request.url, "http://sandbox").searchParams;
}

function formOf(request: FastifyRequest): URLSearchParams {
  return sentFormOf(request) ?? new URLSearchParams();
}

/** The form in the body; null when the body is of another type. */
function sentFormOf({ body }: FastifyRequest): URLSearchParams | null {
  return body instanceof URLSearchParams ? body : null;
}
