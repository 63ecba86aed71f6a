import type { FastifyReply, FastifyRequest } from "fastify";
import {
  allows,
  comesFromForeignPage,
  type Identity,
  type Principal,
  readsFromForeignPage,
} from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import { createRequestCounter } from "./edge/count-requests.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Settles who is asking, and whether they may ask now, before a byte of the body is read. A route without a declared
 * access is closed.
 * @throws {DrivewayError} `unauthenticated`, `insufficient_scope`, `rate_limited`, or `origin_not_allowed` for a session's
 *   cookie that a foreign page sent along
 */
export function createAuthenticator(params: { identity: Identity; allowedOrigins: readonly string[] }) {
  const counter = createRequestCounter(params);
  const origins = new Set(params.allowedOrigins);
  return async function authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { access, isUncounted } = request.routeOptions.config;
    // Of preflights only those of foreign pages come here, and find nothing.
    if (access === "public" || request.is404 || request.method === "OPTIONS") {
      if (isUncounted !== true) counter.countStranger(request, reply);
      return;
    }
    const principal = await counter.whoIsAsking(request, reply);
    if (principal === null || access === undefined) {
      throw new DrivewayError(
        "unauthenticated",
        "Sign in, or send an API key or a JWT as `Authorization: Bearer`.",
      );
    }
    if (principal.kind === "session") refuseForeignPage(request, origins);
    requireScope(principal, access);
    request.principal = { ...principal, client: { address: request.ip, requestId: request.id } };
  };
}

/** Browsers send cookies by themselves, whatever page has them call; keys and tokens only a page that knows them can send. */
function refuseForeignPage(request: FastifyRequest, origins: ReadonlySet<string>): void {
  const { origin, "sec-fetch-site": site } = request.headers;
  const facts = { origin, fetchSite: typeof site === "string" ? site : undefined };
  const changes = !SAFE_METHODS.has(request.method);
  const isForeign = changes
    ? comesFromForeignPage({ ...facts, isCookieCall: true }, origins)
    : request.routeOptions.config.hasEffect === true && readsFromForeignPage(facts, origins);
  if (isForeign)
    throw new DrivewayError("origin_not_allowed", "This page's origin is not in ALLOWED_ORIGINS.");
}

function requireScope(
  principal: Principal,
  access: NonNullable<FastifyRequest["routeOptions"]["config"]["access"]>,
) {
  if (access === "public" || access === "any-principal" || allows(principal, access)) return;
  throw new DrivewayError("insufficient_scope", `This needs the scope ${access}.`, {
    details: { scope: access },
  });
}
