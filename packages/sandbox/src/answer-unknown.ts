import type { FastifyInstance, FastifyReply } from "fastify";
import { shortErrorPage } from "./pages/index.ts";

/** Answers what no route is for with 404 and a page, as Google's front end does, whatever the body is like. */
export function answerUnknown(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => sendNotFound(reply));
  app.setErrorHandler((error, request, reply) => (request.is404 ? sendNotFound(reply) : reply.send(error)));
}

function sendNotFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).type("text/html; charset=utf-8").send(shortErrorPage(404));
}
