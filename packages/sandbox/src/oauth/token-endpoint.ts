import { authenticateClient } from "./authenticate-client.ts";
import { exchangeCode } from "./exchange-code.ts";
import type { KnownCaller } from "./known-caller.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { refreshAccess } from "./refresh-access.ts";
import { refuseRepeated } from "./refuse-repeated.ts";
import type { TokenResponse } from "./token-response.ts";

const exchangeByGrantType = new Map([
  ["authorization_code", exchangeCode],
  ["refresh_token", refreshAccess],
]);

/**
 * Answers `POST /token` (RFC 6749 §3.2).
 *
 * @param form null when the body is no form
 * @param caller is told who asks, once the credentials have proved right
 * @throws OAuthError invalid_request (400) when the body is no form, a parameter is there twice or the grant type is
 *   missing, unsupported_grant_type (400), and as authenticateClient, exchangeCode and refreshAccess do
 */
export async function answerTokenRequest(
  context: OAuthContext,
  {
    form,
    authorizationHeader,
    caller,
  }: { form: URLSearchParams | null; authorizationHeader: string | undefined; caller: KnownCaller },
): Promise<TokenResponse> {
  if (form === null) {
    throw invalidRequest("The request body must be application/x-www-form-urlencoded.");
  }
  refuseRepeated(form);
  const exchange = exchangeFor(form.get("grant_type"));
  const client = authenticateClient(context, { form, authorizationHeader });
  caller.clientId = client.clientId;
  return await exchange(context, { form, client, caller });
}

function exchangeFor(grantType: string | null) {
  if (grantType === null || grantType === "") {
    throw invalidRequest("Missing required parameter: grant_type");
  }
  const exchange = exchangeByGrantType.get(grantType);
  if (exchange === undefined) {
    const description = `Invalid grant_type: ${grantType}`;
    throw new OAuthError({ status: 400, error: "unsupported_grant_type", description });
  }
  return exchange;
}

function invalidRequest(description: string): OAuthError {
  return new OAuthError({ status: 400, error: "invalid_request", description });
}
