import type { AuthorizationCode } from "./authorization-codes.ts";
import type { OAuthClient } from "./client.ts";
import { type KnownCaller, noteGrant } from "./known-caller.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { checkPkceVerifier } from "./pkce.ts";
import { refuseTokens } from "./refuse-tokens.ts";
import { type TokenResponse, tokenResponse } from "./token-response.ts";

/**
 * Exchanges an authorization code for tokens (RFC 6749 §4.1.3). A code works once; presenting it again ends
 * the tokens that it was exchanged for, with all that were refreshed from them (§4.1.2). A code of another client is as
 * good as none.
 *
 * A refresh token comes with offline access only, and then only the first time for that person and client
 * or when consent was asked for anew.
 *
 * @throws OAuthError invalid_request, invalid_grant, redirect_uri_mismatch (all 400), and as refuseTokens does
 */
export async function exchangeCode(
  context: OAuthContext,
  { form, client, caller }: { form: URLSearchParams; client: OAuthClient; caller: KnownCaller },
): Promise<TokenResponse> {
  const code = findUsableCode(context, form.get("code"), client);
  const { grant, scopes, redirectUri, challenge, nonce, offline, forcedConsent } = code.binding;
  noteGrant(caller, grant);
  refuseTokens(context.settings, grant.account);
  if (form.get("redirect_uri") !== redirectUri) {
    throw new OAuthError({ status: 400, error: "redirect_uri_mismatch", description: "Bad Request" });
  }
  checkPkceVerifier(challenge, form.get("code_verifier"));
  const isNew = offline && (forcedConsent || !context.grants.hasRefreshToken(grant));
  const refreshToken = isNew ? "new" : "none";
  const issued = context.grants.issue({ grant, scopes, offline, refreshToken });
  code.redeemed = { accessToken: issued.accessToken, refreshToken: issued.refreshToken };
  return await tokenResponse(context, { issued, grant, nonce });
}

function findUsableCode(context: OAuthContext, text: string | null, client: OAuthClient): AuthorizationCode {
  if (text === null || text === "") {
    const description = "Missing required parameter: code";
    throw new OAuthError({ status: 400, error: "invalid_request", description });
  }
  if (!/^4\/[A-Za-z0-9_-]+$/.test(text)) {
    throw invalidGrant("Malformed auth code.");
  }
  const code = context.codes.find(text);
  if (code === null || code.binding.grant.clientId !== client.clientId) {
    throw invalidGrant("Bad Request");
  }
  if (code.redeemed !== null) {
    context.grants.endTokens(code.redeemed);
  }
  if (code.redeemed !== null || context.codes.isExpired(code)) {
    throw invalidGrant("Bad Request");
  }
  return code;
}

function invalidGrant(description: string): OAuthError {
  return new OAuthError({ status: 400, error: "invalid_grant", description });
}
