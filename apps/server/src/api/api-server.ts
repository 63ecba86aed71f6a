import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Principal, Scope } from "../identity/index.ts";
import type { LargeBodyKind } from "./large-bodies/read-large-body.ts";

/** The HTTP server as routes see it: bodies, queries and replies are checked by the schemas of the contract. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What a route asks of the caller: nothing, any valid credential, or a scope. */
export type Access = "public" | "any-principal" | Scope;

declare module "fastify" {
  interface FastifyContextConfig {
    /** Operations of the API have theirs from ROUTE_ACCESS; only pages name it themselves. */
    access?: Access;
    /** Leaves the route out of RATE_LIMIT_REQUESTS: health and documentation. */
    isUncounted?: boolean;
    /** Names so many files that a large body is read in a thread of its own, and arrives as a `LargeBody`. */
    largeBody?: LargeBodyKind;
    /** A GET with an effect, which a foreign page may not have a browser send with its cookie. */
    hasEffect?: boolean;
  }
  interface FastifyRequest {
    /** Who is asking. Set before the body is read, on every route that is not public. */
    principal: Principal | null;
  }
}
