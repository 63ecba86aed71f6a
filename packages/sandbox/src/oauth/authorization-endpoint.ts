import type { FastifyReply } from "fastify";
import type { Account } from "../account.ts";
import { accountChooserPage, consentPage, sendPage } from "../pages/index.ts";
import { finishAuthorization, refuseAuthorization } from "./finish-authorization.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { type AuthorizationRequest, parseAuthorizationRequest } from "./parse-authorization-request.ts";
import { describeScope, isIdentityScope } from "./scopes.ts";

/** The parameter by which the account chooser leads back to the authorization endpoint. */
const CHOSEN_ACCOUNT = "sandbox_account";

/**
 * Answers `GET /o/oauth2/v2/auth`: the account chooser, the consent page, or at once the redirect when no
 * person needs to be asked.
 *
 * @throws OAuthError as parseAuthorizationRequest does
 */
export function answerAuthorization(
  context: OAuthContext,
  reply: FastifyReply,
  params: URLSearchParams,
): FastifyReply {
  const original = new URLSearchParams(params);
  original.delete(CHOSEN_ACCOUNT);
  const request = parseAuthorizationRequest(original, context.client);
  const account = chosenAccount(context, request, params.get(CHOSEN_ACCOUNT));
  if (request.prompts.has("none")) {
    return reply.redirect(answerSilently(context, request, account));
  }
  if (account === null) {
    return sendPage(reply, 200, accountChooserPage(accountChoices(context, original)));
  }
  if (!request.prompts.has("consent") && isAllowedAlready(context, request, account)) {
    const allowed = request.scopes;
    return reply.redirect(finishAuthorization(context, { request, account, allowed, consentShown: false }));
  }
  const requestText = original.toString();
  const page = consentPage({ account, requestText, ...consentScopes(request), clientId: request.clientId });
  return sendPage(reply, 200, page);
}

function chosenAccount(
  context: OAuthContext,
  request: AuthorizationRequest,
  choice: string | null,
): Account | null {
  const hint = choice ?? (request.prompts.has("select_account") ? null : request.loginHint);
  return context.accounts.find(({ sub, email }) => sub === hint || email === hint?.toLowerCase()) ?? null;
}

function answerSilently(
  context: OAuthContext,
  request: AuthorizationRequest,
  account: Account | null,
): string {
  if (account === null) {
    return refuseAuthorization(context, request, "login_required");
  }
  if (!isAllowedAlready(context, request, account)) {
    return refuseAuthorization(context, request, "consent_required");
  }
  const allowed = request.scopes;
  return finishAuthorization(context, { request, account, allowed, consentShown: false });
}

function isAllowedAlready(context: OAuthContext, request: AuthorizationRequest, account: Account): boolean {
  const grant = context.grants.find(account, request.clientId);
  return grant !== null && [...request.scopes].every((scope) => grant.scopes.has(scope));
}

function accountChoices(context: OAuthContext, params: URLSearchParams) {
  return context.accounts.map((account) => {
    const query = new URLSearchParams(params);
    query.set(CHOSEN_ACCOUNT, account.sub);
    return { account, address: `/o/oauth2/v2/auth?${query.toString()}` };
  });
}

function consentScopes(request: AuthorizationRequest) {
  const all = [...request.scopes].map((scope) => ({ scope, words: describeScope(scope) }));
  return {
    identityScopes: all.filter(({ scope }) => isIdentityScope(scope)),
    optionalScopes: all.filter(({ scope }) => !isIdentityScope(scope)),
  };
}
