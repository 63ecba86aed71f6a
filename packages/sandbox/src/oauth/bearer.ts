import type { Account } from "../accounts/account.ts";
import type { Authorize } from "../authorize.ts";
import type { Grants } from "./grants.ts";

/** The token in an `Authorization: Bearer` header (RFC 6750 §2.1); null when there is none. */
export function bearerToken(authorizationHeader: string | undefined): string | null {
  const match = /^Bearer +(\S+)\s*$/i.exec(authorizationHeader ?? "");
  return match?.[1] ?? null;
}

/** Makes the judge of access tokens that the Drive routes ask. */
export function createAuthorize({ grants }: { grants: Grants }): Authorize {
  return (authorizationHeader) => {
    if (authorizationHeader === undefined || authorizationHeader === "") {
      return { kind: "missing" };
    }
    const token = bearerToken(authorizationHeader);
    const live = token === null ? null : grants.accessToken(token);
    if (live === null) {
      return { kind: "invalid" };
    }
    const { key, clientId } = live.grant;
    const account: Account = live.grant.account;
    return { kind: "ok", account, clientId, scopes: live.scopes, grantKey: key };
  };
}
