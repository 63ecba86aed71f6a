import { type Scope, toScopes } from "../principal.ts";

/** Bounds in UTF-16 units; an index of the database holds the first two. */
const LONGEST_ID = 255;
const LONGEST_EMAIL = 320;
const LONGEST_NAME = 200;

/** What a token says of its holder, in the host application's own names. */
export interface HostClaims {
  readonly tenantId: string;
  readonly userId: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Null when the token does not say. */
  readonly email: string | null;
  readonly name: string | null;
}

/**
 * Reads the claims of a token whose signature, issuer, audience and times were checked. `scope` is a space separated text
 * (RFC 8693, 4.2); none, or anything else, allows nothing, and so does a scope that is not known here.
 * @returns null when the user or the tenant is not named
 */
export function readClaims(
  payload: Readonly<Record<string, unknown>>,
  tenantClaim: string,
): HostClaims | null {
  const userId = textOf(payload.sub, LONGEST_ID);
  const tenantId = textOf(payload[tenantClaim], LONGEST_ID);
  if (userId === null || tenantId === null) return null;
  const { scope } = payload;
  return {
    tenantId,
    userId,
    scopes: toScopes(typeof scope === "string" ? scope.split(" ") : []),
    email: textOf(payload.email, LONGEST_EMAIL),
    name: textOf(payload.name, LONGEST_NAME),
  };
}

/**
 * A text that the database holds exactly as it is: U+0000 cannot be stored, and half a surrogate pair would be replaced, so
 * that two different names became one.
 */
function textOf(value: unknown, longest: number): string | null {
  if (typeof value !== "string" || value === "" || value.length > longest) return null;
  return value.includes("\u0000") || !value.isWellFormed() ? null : value;
}
