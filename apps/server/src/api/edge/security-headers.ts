import helmet from "@fastify/helmet";
import type { FastifyReply } from "fastify";
import type { ApiServer } from "../api-server.ts";

const YEAR_SECONDS = 31_536_000;
/** What no page of ours uses, and no page that gets hold of a reply shall. */
const PERMISSIONS = ["camera", "microphone", "geolocation", "payment", "usb", "display-capture"]
  .map((feature) => `${feature}=()`)
  .join(", ");

const PAGE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join("; ");

/**
 * The headers of every reply, made for the API: nothing in it is a page, nothing is kept by caches. Pages loosen what
 * they must by themselves. No reply says what serves it.
 * @param params.isHttps browsers are told to come by https alone
 */
export async function securityHeaders(app: ApiServer, params: { readonly isHttps: boolean }): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    xFrameOptions: { action: "deny" },
    crossOriginOpenerPolicy: { policy: "same-origin-allow-popups" },
    referrerPolicy: { policy: "no-referrer" },
    strictTransportSecurity: params.isHttps ? { maxAge: YEAR_SECONDS } : false,
  });
  app.addHook("onRequest", async (_request, reply) => {
    void reply.headers({ "permissions-policy": PERMISSIONS, "cache-control": "no-store" });
  });
}

/** The headers of a page of ours, which loads its own scripts, styles and pictures, and nobody else's. */
export async function pageHeaders(_request: unknown, reply: FastifyReply): Promise<void> {
  void reply.headers({
    "content-security-policy": PAGE_POLICY,
    "x-frame-options": "SAMEORIGIN",
    "cache-control": "no-cache",
  });
}
