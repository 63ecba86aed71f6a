import { finishAuthorization, refuseAuthorization } from "./finish-authorization.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { parseAuthorizationRequest } from "./parse-authorization-request.ts";
import { isIdentityScope } from "./scopes.ts";

/**
 * Answers the form of the consent page. The form carries the whole authorization request, which is checked
 * anew, so that nothing needs to be kept between page and answer.
 *
 * @returns the address that the browser is sent to
 * @throws OAuthError as parseAuthorizationRequest does; invalid_request for an unknown account or decision
 */
export function answerDecision(context: OAuthContext, form: URLSearchParams): string {
  const request = parseAuthorizationRequest(new URLSearchParams(form.get("request") ?? ""), context.client);
  const account = context.accounts.find(({ sub }) => sub === form.get("account"));
  if (account === undefined) {
    throw invalidRequest("The form names no account of the sandbox.");
  }
  const decision = form.get("decision");
  if (decision !== "allow" && decision !== "deny") {
    throw invalidRequest("The form holds neither Allow nor Deny.");
  }
  const ticked = new Set(form.getAll("granted"));
  const allowed = new Set([...request.scopes].filter((scope) => isIdentityScope(scope) || ticked.has(scope)));
  if (decision === "deny" || allowed.size === 0) {
    return refuseAuthorization(context, request, "access_denied");
  }
  return finishAuthorization(context, { request, account, allowed, consentShown: true });
}

function invalidRequest(description: string): OAuthError {
  return new OAuthError({ status: 400, error: "invalid_request", description });
}
