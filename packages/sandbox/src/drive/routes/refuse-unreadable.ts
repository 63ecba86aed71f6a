import type { FastifyReply, FastifyRequest } from "fastify";
import { shortErrorPage } from "../../pages/index.ts";
import { badRequest } from "../errors.ts";
import { jsonText } from "./call.ts";

const API_PATH = /^\/(?:upload\/)?drive\/v3(?:\/|$)/;

/**
 * Answers a request whose address cannot be read, such as `/%zz`, before any route sees it: 400 `badRequest` in Drive's
 * envelope where the address begins like one of Drive's, otherwise a page. To be given to the server as `frameworkErrors`.
 */
export function refuseUnreadable(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.code(400);
  if (API_PATH.test(request.raw.url ?? "")) {
    const body = jsonText(badRequest("Bad Request").toEnvelope(), { pretty: true });
    reply.header("content-type", "application/json; charset=UTF-8").send(body);
    return;
  }
  reply.header("content-type", "text/html; charset=utf-8").send(shortErrorPage(400));
}
