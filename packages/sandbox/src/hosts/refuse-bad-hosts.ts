import type { FastifyInstance } from "fastify";
import { shortErrorPage } from "../pages/index.ts";

/**
 * Refuses requests with 400 and a page whose Host header is no host with or without a port, or is missing although the
 * version of HTTP wants it (RFC 9110 §7.2), in the routes that are added from here on: addresses are made of it.
 */
export function refuseBadHosts(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    const { host } = request.headers;
    const isFit = host === undefined ? request.raw.httpVersion === "1.0" : isHost(host);
    if (isFit) return done();
    reply.code(400).type("text/html; charset=utf-8").send(shortErrorPage(400));
  });
}

/** An empty port, though it can be parsed, would come back in every address. */
function isHost(host: string): boolean {
  return /^[^\s/?#@\\]+$/.test(host) && !host.endsWith(":") && URL.canParse(`http://${host}`);
}
