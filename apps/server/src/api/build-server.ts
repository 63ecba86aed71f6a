import { randomUUID } from "node:crypto";
import cookie from "@fastify/cookie";
import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import fastifyStatic from "@fastify/static";
import fastify, { type FastifyBaseLogger, LogController, type RouteOptions } from "fastify";
import { serializerCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Identity } from "../identity/index.ts";
import { DrivewayError, type Log } from "../platform/index.ts";
import type { ApiServer } from "./api-server.ts";
import { createAuthenticator } from "./authenticate.ts";
import { compileSchema } from "./compile-schema.ts";
import { describeOperations } from "./docs/describe-operations.ts";
import { registerDocsPage, registerOpenapi } from "./docs/openapi.ts";
import { parseJsonBody } from "./parse-json-body.ts";
import { accessOf } from "./route-access.ts";
import { sendError } from "./send-error.ts";

const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;
const BODY_LIMIT_BYTES = 1024 * 1024;

export interface ServerParts {
  readonly log: Log;
  readonly identity: Identity;
  readonly publicUrl: string;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly version: string;
  /** Folder of the page served at `/`. */
  readonly pageDirectory: string;
  /** Registers the routes of every resource. */
  readonly routes: (app: ApiServer) => void;
}

/** Builds the HTTP edge: who is asking, schemas, one error envelope, security headers, OpenAPI. It does not listen yet. */
export async function buildServer(parts: ServerParts): Promise<ApiServer> {
  const app = createServer(parts);
  const secure = parts.publicUrl.startsWith("https:");
  await app.register(cookie);
  await app.register(helmet, pageHeaders(secure));
  await app.register(cors, {
    origin: [...parts.allowedOrigins],
    credentials: true,
    exposedHeaders: ["x-request-id", "retry-after", "preference-applied"],
    methods: ["GET", "HEAD", "POST", "PATCH", "DELETE"],
    maxAge: 600,
  });
  app.addHook("onRequest", createAuthenticator(parts));
  declareAccess(app);
  requireDeclaredAccess(app);
  await registerOpenapi(app, parts);
  await app.register((api, _options, done) => {
    describeOperations(api);
    refuseUnknownParameters(api);
    parts.routes(api);
    done();
  });
  await registerDocsPage(app);
  await registerPage(app, parts.pageDirectory);
  return app;
}

function createServer(parts: ServerParts): ApiServer {
  const loggerInstance: FastifyBaseLogger = parts.log;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: parts.trustedProxies.length > 0 ? [...parts.trustedProxies] : false,
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 512 },
    requestIdHeader: false,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
    genReqId: (request) => {
      const sent = request.headers["x-request-id"];
      return typeof sent === "string" && REQUEST_ID.test(sent) ? sent : randomUUID();
    },
  }).withTypeProvider<ZodTypeProvider>();
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
  app.addHook("onResponse", async (request, reply) => {
    // The route's pattern and not the address that was asked: codes and states stand in addresses.
    const route = request.routeOptions.url ?? "unknown";
    request.log.info(
      { method: request.method, route, status: reply.statusCode, ms: reply.elapsedTime },
      "request",
    );
  });
  return app;
}

function pageHeaders(secure: boolean) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", "data:", "blob:"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'self'"],
      },
    },
    crossOriginOpenerPolicy: { policy: "same-origin-allow-popups" as const },
    referrerPolicy: { policy: "no-referrer" as const },
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
  };
}

/** Gives every operation the access that the one table names for it. */
function declareAccess(app: ApiServer): void {
  app.addHook("onRoute", (route) => {
    const access = accessOf(route.schema?.operationId ?? "");
    if (access !== undefined) route.config = { ...route.config, access };
  });
}

/** A route that does not say who may use it stops the server from starting, instead of standing open. */
function requireDeclaredAccess(app: ApiServer): void {
  const routes: RouteOptions[] = [];
  app.addHook("onRoute", (route) => {
    routes.push(route);
  });
  app.addHook("onReady", async () => {
    const open = routes.filter((route) => route.config?.access === undefined && route.method !== "OPTIONS");
    const names = open.map((route) => `${String(route.method)} ${route.url}`);
    if (names.length > 0) throw new Error(`routes without a declared access: ${names.join(", ")}`);
  });
}

/** An operation of the API that names no parameters takes none, instead of ignoring what was meant. */
function refuseUnknownParameters(app: ApiServer): void {
  app.addHook("onRoute", (route) => {
    if (route.schema !== undefined && route.url.startsWith("/api/")) {
      route.schema.querystring ??= z.strictObject({});
    }
  });
}

async function registerPage(app: ApiServer, directory: string): Promise<void> {
  await app.register(async (page) => {
    page.addHook("onRoute", (route) => {
      route.config = { ...route.config, access: "public" };
      route.schema = { ...route.schema, hide: true } as NonNullable<RouteOptions["schema"]>;
    });
    await page.register(fastifyStatic, { root: directory, wildcard: false, maxAge: 0 });
  });
}
