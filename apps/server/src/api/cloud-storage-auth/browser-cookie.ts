import type { FastifyReply, FastifyRequest } from "fastify";
import { randomSecret } from "../../platform/index.ts";

const NAME = "driveway_browser";
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

interface Place {
  readonly publicUrl: string;
}

/** The random id that this browser was given; null when it has none of ours. */
export function browserOf(request: FastifyRequest, place: Place): string | null {
  const id = request.cookies[nameAt(place)];
  return id !== undefined && SHAPE.test(id) ? id : null;
}

/**
 * Gives the browser an id, once: an attempt that began in it can only be finished in it. Lax, so that the cookie comes along
 * when the provider sends the browser back.
 */
export function rememberBrowser(request: FastifyRequest, reply: FastifyReply, place: Place): string {
  const known = browserOf(request, place);
  if (known !== null) return known;
  const id = randomSecret();
  const secure = isHttps(place);
  void reply.setCookie(nameAt(place), id, { path: "/", httpOnly: true, sameSite: "lax", secure });
  return id;
}

/**
 * With https the name is one that browsers let no other host set (RFC 6265bis section 4.1.3.2): a neighbour below the same
 * domain could else plant an id that somebody else's attempt knows.
 */
function nameAt(place: Place): string {
  return isHttps(place) ? `__Host-${NAME}` : NAME;
}

function isHttps({ publicUrl }: Place): boolean {
  return publicUrl.startsWith("https:");
}
