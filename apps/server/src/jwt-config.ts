import type { JwtSettings } from "./identity/index.ts";
import { isLoopback } from "./platform/index.ts";

const SHORTEST_SECRET_BYTES = 32;
const TENANT_CLAIM = "tenant_id";
/** Claims that say something else already, so that none of them can name a tenant. */
const OTHER_CLAIMS = new Set(["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "scope"]);

/** The variables that say which tokens of a host application are taken. */
export interface JwtVariables {
  readonly AUTH_JWT_ISSUER?: string | undefined;
  readonly AUTH_JWT_AUDIENCE?: string | undefined;
  readonly AUTH_JWT_TENANT_CLAIM?: string | undefined;
  readonly AUTH_JWKS_URL?: string | undefined;
  readonly AUTH_JWT_SECRET?: string | undefined;
}

/**
 * Reads which tokens are taken; all or nothing must be set.
 * @param faults takes what is wrong, a line each; a secret's text is never in it
 * @returns null when no tokens are to be taken
 */
export function jwtConfig(values: JwtVariables, faults: string[]): JwtSettings | null {
  const { AUTH_JWT_ISSUER: issuer, AUTH_JWT_AUDIENCE: audience, AUTH_JWT_TENANT_CLAIM: claim } = values;
  const { AUTH_JWKS_URL: url, AUTH_JWT_SECRET: secret } = values;
  if ([issuer, audience, claim, url, secret].every((value) => value === undefined)) return null;
  const missing = "missing, though other settings of AUTH_JWT_… are set";
  if (issuer === undefined) faults.push(`AUTH_JWT_ISSUER: ${missing}`);
  if (audience === undefined) faults.push(`AUTH_JWT_AUDIENCE: ${missing}`);
  if (url === undefined && secret === undefined) {
    faults.push("AUTH_JWKS_URL: set it or AUTH_JWT_SECRET, or no token's signature can be checked");
  }
  if (url !== undefined && secret !== undefined) {
    faults.push("AUTH_JWKS_URL: set together with AUTH_JWT_SECRET; only one can hold");
  }
  if (url !== undefined) checkUrl(new URL(url), faults);
  if (secret !== undefined && Buffer.byteLength(secret) < SHORTEST_SECRET_BYTES) {
    faults.push(`AUTH_JWT_SECRET: must have ${SHORTEST_SECRET_BYTES} bytes or more`);
  }
  if (claim !== undefined && OTHER_CLAIMS.has(claim)) {
    faults.push(`AUTH_JWT_TENANT_CLAIM: the claim ${claim} has another meaning`);
  }
  return {
    issuer: issuer ?? "",
    audience: audience ?? "",
    tenantClaim: claim ?? TENANT_CLAIM,
    keys: url === undefined ? { kind: "secret", secret: Buffer.from(secret ?? "") } : { kind: "jwks", url },
  };
}

function checkUrl(url: URL, faults: string[]): void {
  if (url.protocol === "http:" && !isLoopback(url)) {
    faults.push("AUTH_JWKS_URL: plain http is for loopback addresses only");
  }
  if (url.username !== "" || url.password !== "") {
    faults.push("AUTH_JWKS_URL: must not carry a user name or password");
  }
}
