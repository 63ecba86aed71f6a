import type { Grants } from "./grants.ts";
import { type KnownCaller, noteGrant } from "./known-caller.ts";
import { OAuthError } from "./oauth-error.ts";
import { refuseRepeated } from "./refuse-repeated.ts";

/**
 * Answers `POST /revoke` (RFC 7009), whose parameters may stand in the query or in the form. An access or a refresh
 * token may be named; either ends the whole grant: every token of that person for that client, and the files granted
 * to it.
 *
 * @param caller is told whose grant it was
 * @throws OAuthError invalid_request when no token is named or a parameter is there twice, invalid_token when the token is
 *   unknown or already revoked (all 400)
 */
export function revokeToken(
  grants: Grants,
  { params, caller }: { params: URLSearchParams; caller: KnownCaller },
): void {
  refuseRepeated(params);
  const token = params.get("token");
  if (token === null || token === "") {
    const description = "Missing required parameter: token";
    throw new OAuthError({ status: 400, error: "invalid_request", description });
  }
  const live = grants.refreshToken(token) ?? grants.accessToken(token);
  if (live === null || !grants.isInForce(live.grant)) {
    throw new OAuthError({ status: 400, error: "invalid_token", description: "Token expired or revoked" });
  }
  noteGrant(caller, live.grant);
  grants.revoke(live.grant);
}
