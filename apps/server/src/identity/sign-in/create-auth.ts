import { betterAuth } from "better-auth/minimal";
import type { BetterAuthOptions } from "better-auth/types";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { authAccounts, authSessions, authUsers, authVerifications, type Database } from "../../db/index.ts";
import type { Log } from "../../platform/index.ts";
import type { SessionSecrets } from "./session-cookie.ts";
import { withHashedTokens } from "./with-hashed-tokens.ts";

const SESSION_SECONDS = 7 * 24 * 60 * 60;
const LONGEST_PASSWORD = 1024;
const COOKIE_PREFIX = "driveway";

/** The request header in which the edge's own idea of the caller's address travels; none of a client's is believed. */
export const CLIENT_ADDRESS_HEADER = "x-driveway-client-address";

export interface AuthParams {
  readonly db: Database;
  readonly sessionSecrets: SessionSecrets;
  readonly publicUrl: string;
  readonly allowedOrigins: readonly string[];
  readonly log: Log;
}

/**
 * The library that checks passwords and keeps sessions, over our tables. Nobody signs up by themselves; its HTTP
 * handler is not mounted, so that of its many paths only those exist that we register. Its own origin check stays on
 * whatever NODE_ENV says.
 */
export function createAuth(params: AuthParams) {
  const schema = {
    user: authUsers,
    session: authSessions,
    account: authAccounts,
    verification: authVerifications,
  };
  const openStore = drizzleAdapter(params.db, { provider: "pg", schema, transaction: true });
  return betterAuth({
    appName: "Driveway",
    baseURL: params.publicUrl,
    basePath: "/api/auth",
    secret: params.sessionSecrets[0],
    trustedOrigins: [...params.allowedOrigins],
    database: (options: BetterAuthOptions) => withHashedTokens(openStore(options)),
    emailAndPassword: { enabled: true, disableSignUp: true, maxPasswordLength: LONGEST_PASSWORD },
    session: { expiresIn: SESSION_SECONDS, cookieCache: { enabled: false } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      // The library's own prefix would be __Secure-, which a neighbouring host of the same site can set as well.
      useSecureCookies: false,
      defaultCookieAttributes: { secure: isSecure(params.publicUrl) },
      cookies: { session_token: { name: sessionCookieName(params.publicUrl) } },
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
    logger: {
      log: (level, message) =>
        params.log[level === "error" ? "error" : "debug"]({ from: "sign-in" }, message),
    },
  });
}

/** The cookie of a session's token. With https browsers hold its name to this very host (RFC 6265bis, 4.1.3.2). */
export function sessionCookieName(publicUrl: string): string {
  return `${isSecure(publicUrl) ? "__Host-" : ""}${COOKIE_PREFIX}.session_token`;
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith("https:");
}

export type Auth = ReturnType<typeof createAuth>;
