import { CallbackQuery, ERROR_CODES, ProviderPath } from "@driveway/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Connections } from "../../connections/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { ApiServer } from "../api-server.ts";
import { browserOf } from "./browser-cookie.ts";
import { callbackPage } from "./callback-page.ts";
import { presentOutcome } from "./present-attempt.ts";

/**
 * Where the provider sends the browser back to. Whatever happens, the answer is a page: an attempt that has ended, well or not, is a
 * page with 200 whose message goes to the page that began; anything else says why and tells nobody.
 */
export function callbackRoute(app: ApiServer, { connections }: { readonly connections: Connections }): void {
  const schema = {
    tags: ["OAuth"],
    operationId: "authCallback",
    summary: "Where the provider sends the user back to: a page that tells its opener",
    params: ProviderPath,
    querystring: CallbackQuery,
    response: {
      200: htmlPage("A page that posts an OauthCompleteMessage to its opener."),
      "4xx": htmlPage("A page that says what is wrong with the address, and tells nobody."),
      "5xx": htmlPage("A page that says that something went wrong."),
    },
  };
  const config = { noStore: true };
  // The page's own policy is narrower, and an opener policy would cut it off from the page that opened it.
  const helmet = { contentSecurityPolicy: false, crossOriginOpenerPolicy: false };
  const errorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { status, message } = explain(error);
    if (status >= 500) request.log.error({ err: error }, "the callback page failed");
    const page = callbackPage({
      message: { type: "oauth-complete", success: false, error: message },
      origin: null,
    });
    void sendPage(reply.code(status), page);
  };
  app.get(
    "/api/v2/cloud-storage/auth/:provider/callback",
    { schema, config, helmet, errorHandler },
    async (request, reply) => {
      const { code, state, error, error_description, iss } = request.query;
      const finished = await connections.finishInBrowser({
        provider: request.params.provider,
        state: state ?? null,
        code: code ?? null,
        error: error ?? null,
        errorDescription: error_description ?? null,
        issuer: iss ?? null,
        browserId: browserOf(request),
      });
      const message = presentOutcome(finished.outcome);
      return await sendPage(reply, callbackPage({ message, origin: finished.returnOrigin }));
    },
  );
}

function htmlPage(description: string) {
  return { description, content: { "text/html": { schema: z.string() } } };
}

function sendPage(reply: FastifyReply, page: ReturnType<typeof callbackPage>): FastifyReply {
  return reply
    .header("content-security-policy", page.contentSecurityPolicy)
    .header("referrer-policy", "no-referrer")
    .header("cache-control", "no-store")
    .type("text/html; charset=utf-8")
    .send(page.html);
}

function explain(error: unknown): { status: number; message: string } {
  if (!(error instanceof DrivewayError))
    return { status: 500, message: "Something went wrong. Please try again." };
  if (error.code === "validation_failed") return { status: 400, message: "The address is not well-formed." };
  return { status: ERROR_CODES[error.code].status, message: error.message };
}
