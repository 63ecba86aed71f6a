import { createSecretKey } from "node:crypto";
import { errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { type Clock, DrivewayError, type Log } from "../../platform/index.ts";
import { createKeySource } from "./create-key-source.ts";
import type { JwtSettings } from "./jwt-settings.ts";
import { type HostClaims, readClaims } from "./read-claims.ts";

/** In characters; a longer one is refused before anything is decoded. */
const LONGEST_TOKEN = 8192;
/** How far the clocks of the host application and of this machine may be apart. */
const CLOCK_TOLERANCE_SECONDS = 60;
const ALGORITHMS = { jwks: ["RS256", "ES256"], secret: ["HS256"] };

/** What a token says of its holder; null when it is not good. */
export type VerifyJwt = (token: string) => Promise<HostClaims | null>;

/**
 * Checks the host application's tokens (RFC 7519, 7.2, with RFC 8725): signed as configured, with our issuer and audience, not
 * expired (`exp` is required), begun (`nbf`, if there is one), and with user and tenant.
 * @returns a function that throws {@link DrivewayError} `service_unavailable` when the keys cannot be had
 */
export function createJwtVerifier(parts: {
  readonly settings: JwtSettings;
  readonly clock: Clock;
  readonly log: Log;
}): VerifyJwt {
  const { settings, clock, log } = parts;
  const key = keyOf(parts);
  const { issuer, audience, tenantClaim } = settings;
  const algorithms = ALGORITHMS[settings.keys.kind];
  const expected = { issuer, audience, algorithms, clockTolerance: CLOCK_TOLERANCE_SECONDS };
  return async (token) => {
    if (token.length > LONGEST_TOKEN) return null;
    try {
      const { payload } = await jwtVerify(token, key, {
        ...expected,
        requiredClaims: ["exp", "sub", tenantClaim],
        currentDate: new Date(clock.now()),
      });
      return readClaims(payload, tenantClaim);
    } catch (error) {
      if (error instanceof DrivewayError) throw error;
      refused(error, log);
      return null;
    }
  };
}

function keyOf(parts: Parameters<typeof createJwtVerifier>[0]): JWTVerifyGetKey {
  const { keys } = parts.settings;
  if (keys.kind === "jwks") return createKeySource({ ...parts, url: keys.url });
  const secret = createSecretKey(keys.secret);
  return () => secret;
}

/** The operator may want to know why; the caller learns only that it is no credential. */
function refused(error: unknown, log: Log): void {
  if (error instanceof errors.JOSEError) {
    log.debug({ reason: error.code, problem: error.message }, "a token of the host application was refused");
    return;
  }
  log.warn({ err: error }, "a token could not be checked: its key in the set is weak or malformed");
}
