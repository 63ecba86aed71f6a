import type { Account } from "../accounts/account.ts";
import type { OAuthContext } from "./oauth-context.ts";
import type { AuthorizationRequest } from "./parse-authorization-request.ts";
import { scopeText } from "./scope-text.ts";

/** What the browser can bring back instead of a code. */
export type RedirectError =
  | "access_denied"
  | "login_required"
  | "consent_required"
  | "interaction_required"
  | "admin_policy_enforced"
  | "org_internal";

/**
 * Writes down what a person allowed and makes the address that takes the browser back with a code
 * (RFC 6749 §4.1.2, RFC 9207).
 *
 * @param consentShown false when everything was allowed before and the consent page was left out
 * @param pickedFileIds what was picked on the way; null when nothing was to be picked
 */
export function finishAuthorization(
  { origin, grants, codes, settings }: OAuthContext,
  {
    request,
    account,
    allowed,
    consentShown,
    pickedFileIds = null,
  }: {
    request: AuthorizationRequest;
    account: Account;
    allowed: ReadonlySet<string>;
    consentShown: boolean;
    pickedFileIds?: readonly string[] | null;
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
    ["iss", settings.current.oauth.sendIssuer ? origin() : null],
    ["code", code],
    ["scope", scopeText(scopes)],
    ["authuser", "0"],
    ["hd", account.hd ?? null],
    ["prompt", consentShown ? "consent" : "none"],
    ["picked_file_ids", pickedFileIds?.join(",") ?? null],
  ]);
}

/** The address that takes the browser back with an error (RFC 6749 §4.1.2.1). */
export function refuseAuthorization(
  { origin, settings }: OAuthContext,
  request: AuthorizationRequest,
  error: RedirectError,
): string {
  return addParams(request.redirectUri, [
    ["error", error],
    ["state", request.state],
    ["iss", settings.current.oauth.sendIssuer ? origin() : null],
  ]);
}

/** Leaves the address as the app wrote it, of whose own query nothing may change (RFC 6749 §3.1.2). */
function addParams(address: string, params: readonly (readonly [string, string | null])[]): string {
  const added = new URLSearchParams();
  for (const [name, value] of params) {
    if (value !== null) added.append(name, value);
  }
  return `${asciiOf(address)}${address.includes("?") ? "&" : "?"}${added.toString()}`;
}

/** A header holds no other characters, so those are written as browsers write them. */
function asciiOf(address: string): string {
  return address.replace(/[^\x21-\x7e]+/g, (characters) => encodeURIComponent(characters.toWellFormed()));
}
