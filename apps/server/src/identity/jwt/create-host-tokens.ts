import type { Database } from "../../db/index.ts";
import type { Clock, Log } from "../../platform/index.ts";
import type { Principal } from "../principal.ts";
import { createJwtVerifier } from "./create-jwt-verifier.ts";
import { admitHostUser, followClaims, prepareFindHostUser } from "./host-user.ts";
import type { JwtSettings } from "./jwt-settings.ts";

/** Who a token of the host application speaks for; null when it is not good, or its tenant is being deleted. */
export type PrincipalOfJwt = (token: string) => Promise<Principal | null>;

/**
 * Takes the host application's tokens. Its tenants and users appear here with their first token; what they may do stands
 * in every token anew.
 * @returns a function that throws {@link DrivewayError} `service_unavailable` when the application's keys cannot be had
 */
export function createHostTokens(parts: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: JwtSettings;
}): PrincipalOfJwt {
  const { db } = parts;
  const { issuer } = parts.settings;
  const verify = createJwtVerifier(parts);
  const find = prepareFindHostUser(db, issuer);
  return async (token) => {
    const claims = await verify(token);
    if (claims === null) return null;
    const user = (await find(claims)) ?? (await admitHostUser(db, issuer, claims));
    if (user === null) return null;
    await followClaims(db, user, claims);
    return { kind: "jwt", tenantId: user.tenantId, userId: user.id, scopes: claims.scopes };
  };
}
