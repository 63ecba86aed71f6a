import type { FastifyInstance, FastifyRequest } from "fastify";
import { localAddressOf } from "../hosts/local-address.ts";
import { ControlError } from "./control-error.ts";

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Keeps web pages out of the routes in this scope. Any page that the person at this machine visits can make the
 * browser send requests to the loopback; what gives them away are the headers that the browser adds (Origin, and
 * Sec-Fetch-Site of Fetch Metadata) and, when a page had its own name rebound to the loopback, the Host.
 *
 * @param hostNames names under which the sandbox may be called besides those of the loopback and the address that the
 *   request came to, without port; an IPv6 address in brackets
 */
export function refuseForeignRequests(scope: FastifyInstance, hostNames: readonly string[]): void {
  const known = new Set(hostNames.map((name) => name.toLowerCase()));
  scope.addHook("onRequest", async (request) => {
    requireKnownHost(request, known);
    requireNoOtherSite(request);
  });
}

/** Refuses a Host that is none of the sandbox's with 421 `unknown_host`. */
function requireKnownHost(request: FastifyRequest, known: ReadonlySet<string>): void {
  const hostName = hostNameOf(request.headers.host);
  if (LOOPBACK_NAMES.has(hostName) || known.has(hostName) || hostName === localAddressOf(request)) return;
  throw new ControlError({
    status: 421,
    code: "unknown_host",
    message:
      "The control API is reached by a loopback name, by the address that the sandbox listens on, and by the host names that it was given.",
  });
}

/** Refuses with 403 `foreign_origin` what a page of another origin sends, one on another port of this machine included. */
function requireNoOtherSite({ headers }: FastifyRequest): void {
  const site = headers["sec-fetch-site"];
  const isOwnSite = site === undefined || site === "same-origin" || site === "none";
  const isOwnOrigin = headers.origin === undefined || hostOfOrigin(headers.origin) === headers.host;
  if (isOwnSite && isOwnOrigin) return;
  throw new ControlError({
    status: 403,
    code: "foreign_origin",
    message: "The control API is not for pages of other origins.",
  });
}

/** The name in a Host header, without the port; an empty text when there is none. */
function hostNameOf(host: string | undefined): string {
  return URL.parse(`http://${host}`)?.hostname ?? "";
}

function hostOfOrigin(origin: string): string | null {
  return /^https?:\/\/(.+)$/.exec(origin)?.[1] ?? null;
}
