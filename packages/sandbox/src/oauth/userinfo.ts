import { bearerToken } from "./bearer.ts";
import { identityClaims } from "./identity-claims.ts";
import { type KnownCaller, noteGrant } from "./known-caller.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { openidScope } from "./scopes.ts";

/**
 * Answers `/v1/userinfo` (OpenID Connect Core §5.3).
 *
 * @param caller is told whose token it is
 * @throws OAuthError invalid_request (401) without a live access token, insufficient_scope (403) when the
 *   token carries no sign-in scope
 */
export function answerUserinfo(
  { grants, origin }: OAuthContext,
  { authorizationHeader, caller }: { authorizationHeader: string | undefined; caller: KnownCaller },
): Record<string, string | boolean> {
  const live = grants.accessToken(bearerToken(authorizationHeader) ?? "");
  if (live === null) {
    throw new OAuthError({ status: 401, error: "invalid_request", description: "Invalid Credentials" });
  }
  noteGrant(caller, live.grant);
  if (!live.scopes.has(openidScope)) {
    const description = "Request had insufficient authentication scopes.";
    throw new OAuthError({ status: 403, error: "insufficient_scope", description });
  }
  return identityClaims({ account: live.grant.account, scopes: live.scopes, origin: origin() });
}
