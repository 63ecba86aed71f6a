import { createHmac } from "node:crypto";
import { parseCookies } from "better-auth/cookies";
import { equalSecrets } from "../../platform/index.ts";

/** Secrets that sign session cookies: the first signs new ones, and what any of them signed is believed. */
export type SessionSecrets = readonly [string, ...string[]];

/**
 * Takes the session's token out of a Cookie header, if the cookie was signed here: `token.base64(HMAC-SHA256(token))`,
 * as the sign-in library writes it. Checking it here saves the two queries of the library's own way.
 * @returns null when there is no such cookie, or its signature is not ours
 */
export function readSessionCookie(params: {
  readonly cookieHeader: string | undefined;
  readonly cookieName: string;
  readonly secrets: SessionSecrets;
}): string | null {
  const cookie = parseCookies(params.cookieHeader ?? "").get(params.cookieName);
  if (cookie === undefined) return null;
  const end = cookie.lastIndexOf(".");
  if (end < 1) return null;
  const token = cookie.slice(0, end);
  const signature = cookie.slice(end + 1);
  const isOurs = params.secrets.some((secret) => equalSecrets(signature, sign(token, secret)));
  return isOurs ? token : null;
}

/** The Cookie header of a browser whose cookie was signed by the first secret, which is the one that the library knows. */
export function sessionCookieHeader(params: {
  readonly token: string;
  readonly cookieName: string;
  readonly secrets: SessionSecrets;
}): string {
  const { token, cookieName, secrets } = params;
  return `${cookieName}=${encodeURIComponent(`${token}.${sign(token, secrets[0])}`)}`;
}

function sign(token: string, secret: string): string {
  return createHmac("sha256", secret).update(token, "utf8").digest("base64");
}
