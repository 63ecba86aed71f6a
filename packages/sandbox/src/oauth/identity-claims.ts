import type { Account } from "../accounts/account.ts";
import { emailScope, profileScope } from "./scopes.ts";

/** The claims about a person that the granted scopes allow (OpenID Connect Core §5.4). */
export function identityClaims({
  account,
  scopes,
  origin,
}: {
  account: Account;
  scopes: ReadonlySet<string>;
  origin: string;
}): Record<string, string | boolean> {
  const claims: Record<string, string | boolean> = { sub: account.sub };
  if (account.hd !== undefined) {
    claims.hd = account.hd;
  }
  if (scopes.has(emailScope)) {
    claims.email = account.email;
    claims.email_verified = true;
  }
  if (scopes.has(profileScope)) {
    claims.name = account.name;
    claims.given_name = account.givenName;
    claims.family_name = account.familyName;
    claims.picture = `${origin}/sandbox/portraits/${account.sub}`;
  }
  return claims;
}
