import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendPage, signInErrorPage } from "../pages/index.ts";
import { answerAuthorization } from "./authorization-endpoint.ts";
import { bearerToken } from "./bearer.ts";
import { answerDecision } from "./decision-endpoint.ts";
import { discoveryDocument } from "./discovery-document.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
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
    if (!(error instanceof OAuthError)) {
      throw error;
    }
    const { status, error: code, message } = error;
    return sendPage(reply, 400, signInErrorPage({ status, code, description: message }));
  });
  scope.get("/o/oauth2/v2/auth", { config: { kind: "oauth.authorize" } }, (request, reply) =>
    answerAuthorization(context, reply, queryOf(request)),
  );
  scope.post("/o/oauth2/v2/auth/decision", { config: { kind: "oauth.decision" } }, (request, reply) => {
    refuseForeignForm(request);
    return reply.redirect(answerDecision(context, formOf(request)), 303);
  });
}

function registerApi(scope: FastifyInstance, context: OAuthContext): void {
  scope.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof OAuthError)) {
      throw error;
    }
    return sendJson(reply, { error: error.error, error_description: error.message }, error.status);
  });
  scope.get("/.well-known/openid-configuration", { config: { kind: "oauth.discovery" } }, (_request, reply) =>
    sendJson(reply.header("cache-control", "public, max-age=3600"), discoveryDocument(context.origin())),
  );
  scope.get("/oauth2/v3/certs", { config: { kind: "oauth.certs" } }, (_request, reply) =>
    sendJson(reply.header("cache-control", "public, max-age=3600"), { keys: [context.signingKey.publicJwk] }),
  );
  scope.post("/token", { config: { kind: "oauth.token" } }, async (request, reply) => {
    const { authorization: authorizationHeader } = request.headers;
    return sendJson(reply, await answerTokenRequest(context, { form: formOf(request), authorizationHeader }));
  });
  scope.post("/revoke", { config: { kind: "oauth.revoke" } }, (request, reply) => {
    revokeToken(context.grants, queryOf(request).get("token") ?? formOf(request).get("token"));
    return sendJson(reply, {});
  });
  registerTokenInformation(scope, context);
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
      return sendJson(reply, await answerTokeninfo(context, { accessToken, idToken }));
    },
  });
  scope.route({
    method,
    url: "/v1/userinfo",
    config: { kind: "oauth.userinfo" },
    handler: (request, reply) => sendJson(reply, answerUserinfo(context, request.headers.authorization)),
  });
}

/** A browser says where a form was sent from; only the sandbox's own consent page may answer for a person. */
function refuseForeignForm(request: FastifyRequest): void {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") {
    const description = "The answer did not come from the consent page.";
    throw new OAuthError({ status: 403, error: "invalid_request", description });
  }
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
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
}
