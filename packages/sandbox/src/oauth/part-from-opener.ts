import type { onRequestHookHandler } from "fastify";
import type { OAuthContext } from "./oauth-context.ts";

/**
 * Gives the sign-in pages the header that can part a pop-up from the window that opened it, as the setting
 * `crossOriginOpenerPolicy` says (HTML, "Cross-origin opener policies"). With `report-only` it changes nothing.
 */
export function partFromOpener({ settings }: Pick<OAuthContext, "settings">): onRequestHookHandler {
  return (_request, reply, done) => {
    const { crossOriginOpenerPolicy: policy } = settings.current.oauth;
    if (policy === "report-only") reply.header("cross-origin-opener-policy-report-only", "same-origin");
    else if (policy !== "none") reply.header("cross-origin-opener-policy", policy);
    done();
  };
}
