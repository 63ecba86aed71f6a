import type { IncomingHttpHeaders } from "node:http";
import type { Database } from "../db/index.ts";
import type { Clock } from "../platform/index.ts";
import type { PrincipalOfJwt } from "./jwt/create-host-tokens.ts";
import type { Principal } from "./principal.ts";
import { type FindKey, principalOfKey } from "./principal-of-key.ts";
import { principalOfSession } from "./principal-of-session.ts";
import { readSessionCookie, type SessionSecrets } from "./sign-in/session-cookie.ts";

const BEARER = /^Bearer +(\S+) *$/i;

export interface AuthenticateParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly findKey: FindKey;
  /** Null when no tokens of a host application are taken. */
  readonly principalOfJwt: PrincipalOfJwt | null;
  readonly cookieName: string;
  readonly sessionSecrets: SessionSecrets;
}

/**
 * Settles who sent a request: an API key or a JWT as `Authorization: Bearer` (RFC 6750, 2.1), or else a session's cookie. Whoever
 * sends an Authorization header stands or falls with it, whatever cookie came along.
 * @returns null when there is no credential, or it is not valid (any more)
 * @throws {DrivewayError} `service_unavailable` when the keys that JWTs are checked with cannot be had
 */
export async function authenticate(
  parts: AuthenticateParts,
  headers: IncomingHttpHeaders,
): Promise<Principal | null> {
  if (headers.authorization !== undefined) {
    const secret = BEARER.exec(headers.authorization)?.[1];
    if (secret === undefined) return null;
    // A JWT has dots, and no API key has (RFC 7515, 3.1).
    return secret.includes(".") ? (parts.principalOfJwt?.(secret) ?? null) : principalOfKey(parts, secret);
  }
  const token = readSessionCookie({
    cookieHeader: headers.cookie,
    cookieName: parts.cookieName,
    secrets: parts.sessionSecrets,
  });
  return token === null ? null : principalOfSession(parts, token);
}
