import { authenticateClient } from "./authenticate-client.ts";
import { exchangeCode } from "./exchange-code.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { refreshAccess } from "./refresh-access.ts";
import type { TokenResponse } from "./token-response.ts";

/**
 * Answers `POST /token` (RFC 6749 §3.2).
 *
 * @throws OAuthError unsupported_grant_type, and as authenticateClient, exchangeCode and refreshAccess do
 */
export async function answerTokenRequest(
  context: OAuthContext,
  request: { form: URLSearchParams; authorizationHeader: string | undefined },
): Promise<TokenResponse> {
  const grantType = request.form.get("grant_type") ?? "";
  if (grantType !== "authorization_code" && grantType !== "refresh_token") {
    const description = `Invalid grant_type: ${grantType}`;
    throw new OAuthError({ status: 400, error: "unsupported_grant_type", description });
  }
  authenticateClient(context.client, request);
  return grantType === "authorization_code"
    ? await exchangeCode(context, request.form)
    : await refreshAccess(context, request.form);
}
