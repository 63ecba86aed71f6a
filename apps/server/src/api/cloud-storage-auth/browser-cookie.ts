import type { FastifyReply, FastifyRequest } from "fastify";
import { randomSecret } from "../../platform/index.ts";

const NAME = "driveway_browser";
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** The random id that this browser was given; null when it has none of ours. */
export function browserOf(request: FastifyRequest): string | null {
  const id = request.cookies[NAME];
  return id !== undefined && SHAPE.test(id) ? id : null;
}

/**
 * Gives the browser an id, once: an attempt that began in it can only be finished in it. Lax, so that the cookie comes along
 * when the provider sends the browser back.
 */
export function rememberBrowser(
  request: FastifyRequest,
  reply: FastifyReply,
  params: { readonly publicUrl: string },
): string {
  const known = browserOf(request);
  if (known !== null) return known;
  const id = randomSecret();
  const secure = params.publicUrl.startsWith("https:");
  void reply.setCookie(NAME, id, { path: "/", httpOnly: true, sameSite: "lax", secure });
  return id;
}
