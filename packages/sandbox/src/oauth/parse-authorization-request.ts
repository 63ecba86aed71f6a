import { acceptsRedirectUri, type OAuthClient } from "./client.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { type OnePick, parseOnePick } from "./parse-one-pick.ts";
import type { PkceChallenge } from "./pkce.ts";
import { refuseRepeated } from "./refuse-repeated.ts";
import { parseScopes } from "./scopes.ts";

/** An authorization request that may be shown to a person. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: ReadonlySet<string>;
  readonly state: string | null;
  readonly nonce: string | null;
  readonly challenge: PkceChallenge | null;
  readonly offline: boolean;
  readonly includeGrantedScopes: boolean;
  readonly prompts: ReadonlySet<string>;
  readonly loginHint: string | null;
  /** Accounts of this hosted domain are offered first of all; no more than a hint. */
  readonly hostedDomain: string | null;
  /** What is to be picked on the way; null for nothing. */
  readonly onePick: OnePick | null;
}

const PROMPTS: ReadonlySet<string> = new Set(["none", "consent", "select_account"]);
const CHALLENGE = /^[A-Za-z0-9._~-]{43,128}$/;

/**
 * Reads and checks an authorization request (OpenID Connect Core §3.1.2.1, RFC 7636 §4.3).
 *
 * Google shows the errors of this step on its own page and never redirects with them; the thrown status is
 * the number which that page prints.
 *
 * @throws OAuthError invalid_request, invalid_client, deleted_client, redirect_uri_mismatch,
 *   unsupported_response_type, invalid_scope
 */
export function parseAuthorizationRequest(
  params: URLSearchParams,
  context: Pick<OAuthContext, "clients" | "settings">,
): AuthorizationRequest {
  refuseRepeated(params);
  const client = findClient(context, required(params, "client_id"));
  const redirectUri = required(params, "redirect_uri");
  if (!acceptsRedirectUri(client, redirectUri)) {
    const description = `The redirect URI in the request, ${redirectUri}, does not match the ones authorized for the OAuth client.`;
    throw new OAuthError({ status: 400, error: "redirect_uri_mismatch", description });
  }
  checkResponseType(required(params, "response_type"));
  const scopes = readScopes(required(params, "scope"));
  const prompts = readPrompts(params.get("prompt") ?? "");
  const includeGrantedScopes = oneOf(params, "include_granted_scopes", ["false", "true"]) === "true";
  return {
    clientId: client.clientId,
    redirectUri,
    scopes,
    state: params.get("state"),
    nonce: params.get("nonce"),
    challenge: readChallenge(params),
    offline: oneOf(params, "access_type", ["online", "offline"]) === "offline",
    includeGrantedScopes,
    prompts,
    loginHint: params.get("login_hint"),
    hostedDomain: params.get("hd"),
    onePick: parseOnePick(params, { scopes, prompts, includeGrantedScopes }),
  };
}

function findClient(
  { clients, settings }: Pick<OAuthContext, "clients" | "settings">,
  clientId: string,
): OAuthClient {
  const client = clients.find(clientId);
  if (client === null) {
    const description = "The OAuth client was not found.";
    throw new OAuthError({ status: 401, error: "invalid_client", description });
  }
  if (settings.current.oauth.deletedClients.includes(clientId)) {
    const description = "The OAuth client was deleted.";
    throw new OAuthError({ status: 401, error: "deleted_client", description });
  }
  return client;
}

function required(params: URLSearchParams, name: string): string {
  const value = params.get(name);
  if (value === null || value === "") {
    throw invalidRequest(`Missing required parameter: ${name}`);
  }
  return value;
}

function oneOf(params: URLSearchParams, name: string, values: readonly string[]): string | null {
  const value = params.get(name);
  if (value !== null && !values.includes(value)) {
    throw invalidRequest(
      `Invalid parameter value for ${name}: '${value}' is not one of ${values.join(", ")}`,
    );
  }
  return value;
}

function checkResponseType(responseType: string): void {
  if (responseType !== "code") {
    const description = `The sandbox knows the response type "code" only, not "${responseType}".`;
    throw new OAuthError({ status: 400, error: "unsupported_response_type", description });
  }
}

function readScopes(scope: string): ReadonlySet<string> {
  const { scopes, unknown } = parseScopes(scope);
  if (unknown.length > 0 || scopes.size === 0) {
    const description = `Some requested scopes were invalid: ${unknown.join(", ")}`;
    throw new OAuthError({ status: 400, error: "invalid_scope", description });
  }
  return scopes;
}

function readChallenge(params: URLSearchParams): PkceChallenge | null {
  const method = params.get("code_challenge_method") ?? "plain";
  const value = params.get("code_challenge");
  if (value === null) {
    return null;
  }
  if (method !== "S256" && method !== "plain") {
    throw invalidRequest(`Invalid parameter value for code_challenge_method: '${method}'`);
  }
  if (!CHALLENGE.test(value)) {
    throw invalidRequest("Invalid parameter value for code_challenge: 43 to 128 unreserved characters");
  }
  return { value, method };
}

function readPrompts(prompt: string): ReadonlySet<string> {
  const prompts = new Set(prompt.split(" ").filter((name) => name !== ""));
  const unknown = [...prompts].find((name) => !PROMPTS.has(name));
  if (unknown !== undefined) {
    throw invalidRequest(`Invalid parameter value for prompt: Invalid prompt: ${unknown}`);
  }
  if (prompts.has("none") && prompts.size > 1) {
    throw invalidRequest("Invalid parameter value for prompt: none cannot be combined");
  }
  return prompts;
}

function invalidRequest(description: string): OAuthError {
  return new OAuthError({ status: 400, error: "invalid_request", description });
}
