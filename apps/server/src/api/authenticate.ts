import type { FastifyReply, FastifyRequest } from "fastify";
import { allows, type Identity } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Two Authorization headers are one too many (RFC 6750, 2): Node keeps the first, a proxy in front may have checked the other.
 * @throws {DrivewayError} `unauthenticated`
 */
function refuseTwoCredentials(request: FastifyRequest): void {
  const sent = request.raw.headersDistinct.authorization ?? [];
  if (sent.length > 1) throw new DrivewayError("unauthenticated", "Send one Authorization header.");
}

/**
 * Settles who is asking before a byte of the body is read. A route without a declared access is closed.
 * @throws {DrivewayError} `unauthenticated`, `insufficient_scope`, or `origin_not_allowed` for a session's
 *   cookie that a foreign page sent along (OWASP CSRF prevention: verifying the origin)
 */
export function createAuthenticator(params: { identity: Identity; allowedOrigins: readonly string[] }) {
  return async function authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (request.is404) return;
    const { access, noStore } = request.routeOptions.config;
    if (noStore === true) void reply.header("cache-control", "no-store");
    if (access === "public") return;
    refuseTwoCredentials(request);
    const principal = await params.identity.authenticate(request.headers);
    if (principal === null || access === undefined) {
      throw new DrivewayError(
        "unauthenticated",
        "Sign in, or send an API key or a JWT as `Authorization: Bearer`.",
      );
    }
    const { origin } = request.headers;
    const foreign = origin !== undefined && !params.allowedOrigins.includes(origin);
    if (foreign && principal.kind === "session" && !SAFE_METHODS.has(request.method)) {
      throw new DrivewayError("origin_not_allowed", "This page's origin is not in ALLOWED_ORIGINS.");
    }
    if (access !== "any-principal" && !allows(principal, access)) {
      throw new DrivewayError("insufficient_scope", `This needs the scope ${access}.`, {
        details: { scope: access },
      });
    }
    request.principal = { ...principal, client: { address: request.ip, requestId: request.id } };
  };
}
