import { CallbackQuery, ERROR_CODES, ProviderPath } from "@driveway/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { BrowserEnd, Connections } from "../../connections/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { ApiServer } from "../api-server.ts";
import { browserOf } from "./browser-cookie.ts";
import { callbackPage } from "./callback-page.ts";
import type { CallbackPage } from "./page-frame.ts";
import { popupAddress } from "./popup-route.ts";
import { presentOutcome } from "./present-attempt.ts";
import { readAnswer } from "./read-answer.ts";
import { returnAddress } from "./return-address.ts";
import { secretPage } from "./secret-page.ts";

export interface CallbackRouteParts {
  readonly connections: Connections;
  readonly publicUrl: string;
}

/**
 * Where the provider sends the browser back to. Whatever happens, the answer is a page, or a redirect to the return URL: an
 * attempt that has ended, well or not, is a page with 200 whose message goes to the page that began; so is one whose opener has to
 * be asked first; anything else says why and tells nobody.
 */
export function callbackRoute(app: ApiServer, parts: CallbackRouteParts): void {
  const schema = {
    tags: ["OAuth"],
    operationId: "authCallback",
    summary: "Where the provider sends the user back to: a page that tells its opener",
    params: ProviderPath,
    querystring: CallbackQuery,
    response: {
      200: htmlPage("A page that posts an OauthCompleteMessage to its opener."),
      303: htmlPage("To the attempt's return_url, with status, connection_id and error in the query."),
      "4xx": htmlPage("A page that says what is wrong with the address, and tells nobody."),
      "5xx": htmlPage("A page that says that something went wrong."),
    },
  };
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
    // An attempt ends once, so nobody may end it who does not read the page: HEAD finds nothing here.
    { schema, helmet, errorHandler, exposeHeadRoute: false },
    async (request, reply) => {
      const { provider } = request.params;
      const answer = readAnswer(request, provider, request.query);
      const end = await parts.connections.finishInBrowser({
        ...answer,
        browserId: browserOf(request, parts),
      });
      if (end.kind === "ended" && end.returnUrl !== null) {
        return await reply
          .header("cache-control", "no-store")
          .redirect(returnAddress(end.returnUrl, end.outcome), 303);
      }
      return await sendPage(reply, pageFor(end, popupAddress(parts.publicUrl, provider)));
    },
  );
}

function pageFor(end: BrowserEnd, address: string): CallbackPage {
  return end.kind === "ended"
    ? callbackPage({ message: presentOutcome(end.outcome), origin: end.returnOrigin })
    : secretPage({ origin: end.returnOrigin, address });
}

function htmlPage(description: string) {
  return { description, content: { "text/html": { schema: z.string() } } };
}

function sendPage(reply: FastifyReply, page: CallbackPage): FastifyReply {
  return reply
    .headers({
      "content-security-policy": page.contentSecurityPolicy,
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    })
    .type("text/html; charset=utf-8")
    .send(page.html);
}

function explain(error: unknown): { status: number; message: string } {
  if (!(error instanceof DrivewayError))
    return { status: 500, message: "Something went wrong. Please try again." };
  if (error.code === "validation_failed") return { status: 400, message: "The address is not well-formed." };
  return { status: ERROR_CODES[error.code].status, message: error.message };
}
