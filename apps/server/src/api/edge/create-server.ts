import { randomUUID } from "node:crypto";
import fastify, { type FastifyBaseLogger, LogController } from "fastify";
import { serializerCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { DrivewayError, type Log } from "../../platform/index.ts";
import type { ApiServer } from "../api-server.ts";
import { compileSchema } from "../compile-schema.ts";
import { parseJsonBody } from "../parse-json-body.ts";
import { sendError } from "../send-error.ts";
import { answerUnreadable } from "./answer-unreadable.ts";
import { awaitBody } from "./await-body.ts";
import { tidyForwardedFor } from "./believe-proxies.ts";
import { refuseMalformed } from "./refuse-malformed.ts";
import { MAX_HEADERS_BYTES, SOCKET_LIMITS, type SocketLimits } from "./socket-limits.ts";

const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;
const BODY_LIMIT_BYTES = 1024 * 1024;

/** A server that reads requests, refuses what is none, and answers every error in the one envelope. It has no routes yet. */
export function createServer(params: {
  readonly log: Log;
  readonly trustedProxies: readonly string[];
  readonly socketLimits?: Partial<SocketLimits> | undefined;
}): ApiServer {
  const loggerInstance: FastifyBaseLogger = params.log;
  const limits = { ...SOCKET_LIMITS, ...params.socketLimits };
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: params.trustedProxies.length > 0 ? [...params.trustedProxies] : false,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    http: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      maxHeaderSize: MAX_HEADERS_BYTES,
      requireHostHeader: false,
    },
    clientErrorHandler: answerUnreadable,
    routerOptions: { maxParamLength: 512 },
    requestIdHeader: false,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
    genReqId: (request) => {
      const sent = request.headers["x-request-id"];
      return typeof sent === "string" && REQUEST_ID.test(sent) ? sent : randomUUID();
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.server.maxConnections = limits.mostConnections;
  app.setValidatorCompiler(compileSchema);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser("text/plain");
  parseJsonBody(app);
  app.decorateRequest("principal", null);
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request, reply) =>
    sendError(new DrivewayError("not_found", "There is nothing at this address."), request, reply),
  );
  app.addHook("onRequest", async (request, reply) => {
    void reply.header("x-request-id", request.id);
  });
  app.addHook("onRequest", tidyForwardedFor);
  app.addHook("onRequest", refuseMalformed);
  awaitBody(app);
  keepAccessLog(app);
  return app;
}

function keepAccessLog(app: ApiServer): void {
  app.addHook("onResponse", async (request, reply) => {
    // The route's pattern and not the address that was asked: codes and states stand in addresses.
    const route = request.routeOptions.url ?? "unknown";
    request.log.info(
      { method: request.method, route, status: reply.statusCode, ms: reply.elapsedTime },
      "request",
    );
  });
}
