import type { OAuthClient } from "./client.ts";
import { type KnownCaller, noteGrant } from "./known-caller.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { refuseTokens } from "./refuse-tokens.ts";
import { type TokenResponse, tokenResponse } from "./token-response.ts";

/**
 * Issues a new access token for a refresh token (RFC 6749 §6). The refresh token is not rotated and the
 * answer holds none.
 *
 * @throws OAuthError invalid_request (400) when there is no token, invalid_grant (400) when it is unknown or dead,
 *   unauthorized_client (401) when it is another client's, and as refuseTokens does
 */
export async function refreshAccess(
  context: OAuthContext,
  { form, client, caller }: { form: URLSearchParams; client: OAuthClient; caller: KnownCaller },
): Promise<TokenResponse> {
  const token = form.get("refresh_token");
  if (token === null || token === "") {
    const description = "Missing required parameter: refresh_token";
    throw new OAuthError({ status: 400, error: "invalid_request", description });
  }
  const live = context.grants.refreshToken(token);
  if (live === null) {
    const description = context.grants.wasRetired(token)
      ? "Token has been expired or revoked."
      : "Bad Request";
    throw new OAuthError({ status: 400, error: "invalid_grant", description });
  }
  const { grant, scopes } = live;
  if (grant.clientId !== client.clientId) {
    throw new OAuthError({ status: 401, error: "unauthorized_client", description: "Unauthorized" });
  }
  noteGrant(caller, grant);
  refuseTokens(context.settings, grant.account);
  const issued = context.grants.issue({ grant, scopes, offline: true, refreshToken: { used: token } });
  return await tokenResponse(context, { issued, grant, nonce: null });
}
