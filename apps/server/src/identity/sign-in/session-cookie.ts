import { createHmac } from "node:crypto";
import { parseCookies } from "better-auth/cookies";
import { equalSecrets } from "../../platform/index.ts";

/**
 * Takes the session's token out of a Cookie header, if the cookie was signed here: `token.base64(HMAC-SHA256(token))`,
 * as the sign-in library writes it. Checking it here saves the two queries of the library's own way.
 * @returns null when there is no such cookie, or its signature is not ours
 */
export function readSessionCookie(params: {
  readonly cookieHeader: string | undefined;
  readonly cookieName: string;
  readonly secret: string;
}): string | null {
  const cookie = parseCookies(params.cookieHeader ?? "").get(params.cookieName);
  if (cookie === undefined) return null;
  const end = cookie.lastIndexOf(".");
  if (end < 1) return null;
  const token = cookie.slice(0, end);
  const signature = createHmac("sha256", params.secret).update(token, "utf8").digest("base64");
  return equalSecrets(cookie.slice(end + 1), signature) ? token : null;
}
