import type { ServerResponse } from "node:http";
import type { ApiServer } from "../api-server.ts";

/** A body of this size is read to its end when it is refused, so that the answer is seen; a larger one is cut off. */
const DRAINED_BYTES = 64 * 1024;

/**
 * Asks for a body only when it is known who sends it: whoever expects 100-continue (RFC 9110, 10.1.1) gets it after the
 * credentials were checked, and whoever sends a large one without waiting is cut off when the answer is a refusal.
 */
export function awaitBody(app: ApiServer): void {
  const handle = (raw: unknown, response: unknown) => app.server.emit("request", raw, response);
  app.server.on("checkContinue", handle);
  app.server.on("checkExpectation", handle);
  app.addHook("preParsing", async (request, reply) => {
    if (request.headers.expect !== undefined) reply.raw.writeContinue();
  });
  app.addHook("onSend", async (request, reply) => {
    if (reply.statusCode < 400 || request.raw.complete) return;
    const announced = Number(request.headers["content-length"] ?? Number.POSITIVE_INFINITY);
    const hasBody =
      request.headers["transfer-encoding"] !== undefined || announced < Number.POSITIVE_INFINITY;
    if (hasBody && announced > DRAINED_BYTES) closeAfter(reply.raw);
  });
}

function closeAfter(response: ServerResponse): void {
  response.shouldKeepAlive = false;
}
