import type { Account } from "../account.ts";
import type { OAuthContext } from "./oauth-context.ts";
import type { AuthorizationRequest } from "./parse-authorization-request.ts";
import { scopeText } from "./scope-text.ts";

/**
 * Writes down what a person allowed and makes the address that takes the browser back with a code
 * (RFC 6749 §4.1.2, RFC 9207).
 *
 * @param consentShown false when everything was allowed before and the consent page was left out
 */
export function finishAuthorization(
  { origin, grants, codes }: OAuthContext,
  {
    request,
    account,
    allowed,
    consentShown,
  }: {
    request: AuthorizationRequest;
    account: Account;
    allowed: ReadonlySet<string>;
    consentShown: boolean;
  },
): string {
  const grant = grants.allow({ account, clientId: request.clientId, scopes: allowed });
  const scopes = new Set(request.includeGrantedScopes ? grant.scopes : allowed);
  const code = codes.issue({
    grant,
    scopes,
    redirectUri: request.redirectUri,
    challenge: request.challenge,
    nonce: request.nonce,
    offline: request.offline,
    forcedConsent: request.prompts.has("consent"),
  });
  return addParams(request.redirectUri, [
    ["state", request.state],
    ["iss", origin()],
    ["code", code],
    ["scope", scopeText(scopes)],
    ["authuser", "0"],
    ["hd", account.hd ?? null],
    ["prompt", consentShown ? "consent" : "none"],
  ]);
}

/** The address that takes the browser back with an error (RFC 6749 §4.1.2.1). */
export function refuseAuthorization(
  { origin }: OAuthContext,
  request: AuthorizationRequest,
  error: "access_denied" | "login_required" | "consent_required",
): string {
  return addParams(request.redirectUri, [
    ["error", error],
    ["state", request.state],
    ["iss", origin()],
  ]);
}

function addParams(address: string, params: readonly (readonly [string, string | null])[]): string {
  const url = new URL(address);
  for (const [name, value] of params) {
    if (value !== null) {
      url.searchParams.append(name, value);
    }
  }
  return url.href;
}
