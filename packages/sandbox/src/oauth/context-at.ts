import type { FastifyRequest } from "fastify";
import { isGoogleHost, issuerAt, originAt } from "../hosts/google-hosts.ts";
import { reachedHost } from "../hosts/reached-host.ts";
import type { OAuthContext } from "./oauth-context.ts";

/**
 * The address under which a request reached the endpoints: without TLS the sandbox's own, whatever name the client used,
 * and with TLS or under Google's names the one in the request.
 */
export function addressAt({ origin }: OAuthContext, request: FastifyRequest): string {
  const { protocol } = request;
  const host = reachedHost(request);
  return protocol === "https" || isGoogleHost(host) ? originAt({ host, protocol }) : origin();
}

/** What the endpoints work with while they answer one request: the issuer is that of the address it came to. */
export function contextAt(context: OAuthContext, request: FastifyRequest): OAuthContext {
  const issuer = issuerAt(addressAt(context, request));
  return { ...context, origin: () => issuer };
}
