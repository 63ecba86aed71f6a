import cookie from "@fastify/cookie";
import cors from "@fastify/cors";
import fastifyStatic from "@fastify/static";
import type { RouteOptions } from "fastify";
import { z } from "zod";
import type { Identity } from "../identity/index.ts";
import type { Log } from "../platform/index.ts";
import type { ApiServer } from "./api-server.ts";
import { createAuthenticator } from "./authenticate.ts";
import { describeOperations } from "./docs/describe-operations.ts";
import { registerDocsPage, registerOpenapi } from "./docs/openapi.ts";
import { createServer } from "./edge/create-server.ts";
import { pageHeaders, securityHeaders } from "./edge/security-headers.ts";
import type { SocketLimits } from "./edge/socket-limits.ts";
import { hashRepeatableBodies } from "./idempotency/hash-body.ts";
import { accessOf } from "./route-access.ts";

export interface ServerParts {
  readonly log: Log;
  readonly identity: Identity;
  readonly publicUrl: string;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly version: string;
  /** Others than the usual ones, for tests that do not want to wait. */
  readonly socketLimits?: Partial<SocketLimits>;
  /** Folder of the page served at `/`. */
  readonly pageDirectory: string;
  /** Registers the routes of every resource. */
  readonly routes: (app: ApiServer) => void;
}

/** Builds the HTTP edge: who is asking, schemas, one error envelope, security headers, OpenAPI. It does not listen yet. */
export async function buildServer(parts: ServerParts): Promise<ApiServer> {
  const app = createServer(parts);
  await app.register(cookie);
  await securityHeaders(app, { isHttps: parts.publicUrl.startsWith("https:") });
  await letPagesCall(app, new Set(parts.allowedOrigins));
  app.addHook("onRequest", createAuthenticator(parts));
  hashRepeatableBodies(app);
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

/** Answers pages of the list, by string equality; others hear nothing of CORS, and their preflights find nothing. */
async function letPagesCall(app: ApiServer, origins: ReadonlySet<string>): Promise<void> {
  await app.register(cors, {
    origin: (origin, done) => done(null, origin !== undefined && origins.has(origin) ? origin : false),
    credentials: true,
    exposedHeaders: [
      ...["x-request-id", "retry-after", "preference-applied", "ratelimit", "ratelimit-policy"],
      "idempotency-replayed",
    ],
    methods: ["GET", "HEAD", "POST", "PATCH", "DELETE"],
    strictPreflight: false,
    maxAge: 600,
  });
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
    page.addHook("onRequest", pageHeaders);
    page.addHook("onRoute", (route) => {
      route.config = { ...route.config, access: "public" };
      route.schema = { ...route.schema, hide: true } as NonNullable<RouteOptions["schema"]>;
    });
    await page.register(fastifyStatic, { root: directory, wildcard: false, maxAge: 0 });
  });
}
