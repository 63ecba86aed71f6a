import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { type TokenResponse, tokenResponse } from "./token-response.ts";

/**
 * Issues a new access token for a refresh token (RFC 6749 §6). The refresh token is not rotated and the
 * answer holds none.
 *
 * @throws OAuthError invalid_request when there is no token, invalid_grant when it is unknown or was ended
 */
export async function refreshAccess(context: OAuthContext, form: URLSearchParams): Promise<TokenResponse> {
  const token = form.get("refresh_token");
  if (token === null || token === "") {
    const description = "Missing required parameter: refresh_token";
    throw new OAuthError({ status: 400, error: "invalid_request", description });
  }
  const live = context.grants.refreshToken(token);
  if (live === null) {
    const retired = context.grants.wasRetired(token);
    const description = retired ? "Token has been expired or revoked." : "Bad Request";
    throw new OAuthError({ status: 400, error: "invalid_grant", description });
  }
  const { grant, scopes } = live;
  const issued = context.grants.issue({ grant, scopes, offline: true, withRefreshToken: false });
  return await tokenResponse(context, { issued, account: grant.account, nonce: null });
}
