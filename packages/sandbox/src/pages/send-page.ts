import type { FastifyReply } from "fastify";

/**
 * Sends a page that may load nothing but its own stylesheet and pictures, and may not be framed.
 *
 * The policy names no `form-action`: browsers apply it to the redirect after a form too, and the consent
 * form ends at the app's address. The referrer stays within the sandbox, because its addresses hold state.
 */
export function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply
    .code(status)
    .header(
      "content-security-policy",
      "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
    )
    .header("x-frame-options", "DENY")
    .header("x-content-type-options", "nosniff")
    .header("referrer-policy", "same-origin")
    .header("cache-control", "no-store")
    .type("text/html; charset=utf-8")
    .send(html);
}
