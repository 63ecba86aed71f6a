import type { Grants } from "./grants.ts";
import { OAuthError } from "./oauth-error.ts";

/**
 * Answers `POST /revoke` (RFC 7009). An access or a refresh token may be named; either ends the whole grant:
 * every token of that person for that client, and the files granted to it.
 *
 * @throws OAuthError invalid_request when no token is named, invalid_token when it is unknown or already
 *   revoked (both 400)
 */
export function revokeToken(grants: Grants, token: string | null): void {
  if (token === null || token === "") {
    const description = "Missing required parameter: token";
    throw new OAuthError({ status: 400, error: "invalid_request", description });
  }
  const live = grants.refreshToken(token) ?? grants.accessToken(token);
  if (live === null) {
    throw new OAuthError({ status: 400, error: "invalid_token", description: "Token expired or revoked" });
  }
  grants.revoke(live.grant);
}
