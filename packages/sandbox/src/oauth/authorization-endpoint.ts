import type { FastifyReply } from "fastify";
import type { Account } from "../accounts/account.ts";
import { accountChooserPage, consentPage, sendPage, unverifiedAppPage } from "../pages/index.ts";
import { finishAuthorization, refuseAuthorization } from "./finish-authorization.ts";
import { gateAccount, gateBrowser } from "./gate-account.ts";
import { isFixedScope } from "./is-fixed-scope.ts";
import type { KnownCaller } from "./known-caller.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { type AuthorizationRequest, parseAuthorizationRequest } from "./parse-authorization-request.ts";
import { describeScope } from "./scopes.ts";

/** The parameters by which the sandbox's own pages lead back to the authorization endpoint. */
const CHOSEN_ACCOUNT = "sandbox_account";
const WARNING_READ = "sandbox_warning_read";

/**
 * Answers `GET /o/oauth2/v2/auth`: the account chooser, a warning, the consent page, or at once the redirect when no
 * person needs to be asked.
 *
 * @param caller is told which app asks, and who was chosen
 * @throws OAuthError as parseAuthorizationRequest does, and what gateAccount and gateBrowser give
 */
export function answerAuthorization(
  context: OAuthContext,
  reply: FastifyReply,
  { params, caller }: { params: URLSearchParams; caller: KnownCaller },
): FastifyReply {
  const original = new URLSearchParams(params);
  for (const name of [CHOSEN_ACCOUNT, WARNING_READ]) original.delete(name);
  const request = parseAuthorizationRequest(original, context);
  const account = chosenAccount(context, request, params.get(CHOSEN_ACCOUNT));
  caller.clientId = request.clientId;
  caller.email = account?.email ?? null;
  if (request.prompts.has("none")) {
    return reply.redirect(answerSilently(context, request, account));
  }
  const refusedBrowser = gateBrowser(context.settings);
  if (refusedBrowser !== null) throw refusedBrowser;
  if (account === null) {
    return sendPage(reply, 200, accountChooserPage(accountChoices(context, request, original)));
  }
  return answerAccount(context, reply, { request, account, original, warned: params.has(WARNING_READ) });
}

function answerAccount(
  context: OAuthContext,
  reply: FastifyReply,
  {
    request,
    account,
    original,
    warned,
  }: { request: AuthorizationRequest; account: Account; original: URLSearchParams; warned: boolean },
): FastifyReply {
  const passage = gateAccount(context.settings, account);
  if (passage.kind === "page") throw passage.error;
  if (passage.kind === "refused") {
    return reply.redirect(refuseAuthorization(context, request, passage.error));
  }
  // Whoever never returns is stranded by the page's buttons, so the page must not be left out.
  const mayBeSpared = passage.kind === "ask" && !request.prompts.has("consent");
  if (mayBeSpared && isAllowedAlready(context, request, account)) {
    const allowed = request.scopes;
    return reply.redirect(finishAuthorization(context, { request, account, allowed, consentShown: false }));
  }
  const requestText = original.toString();
  if (context.settings.current.oauth.unverifiedApp && !warned) {
    const address = addressWith(original, { [CHOSEN_ACCOUNT]: account.sub, [WARNING_READ]: "1" });
    const { clientId } = request;
    return sendPage(reply, 200, unverifiedAppPage({ account, clientId, address, requestText }));
  }
  return sendPage(reply, 200, consentPageFor(context, { request, account, requestText }));
}

function chosenAccount(
  context: OAuthContext,
  request: AuthorizationRequest,
  choice: string | null,
): Account | null {
  const hint = choice ?? (request.prompts.has("select_account") ? null : request.loginHint);
  return context.accounts.find(({ sub, email }) => sub === hint || email === hint?.toLowerCase()) ?? null;
}

/** With `prompt=none` no page is shown, whatever stands in the way (OpenID Connect Core §3.1.2.6). */
function answerSilently(
  context: OAuthContext,
  request: AuthorizationRequest,
  account: Account | null,
): string {
  if (account === null) {
    return refuseAuthorization(context, request, "login_required");
  }
  const passage = gateAccount(context.settings, account);
  if (passage.kind !== "ask") {
    const error = passage.kind === "refused" ? passage.error : "interaction_required";
    return refuseAuthorization(context, request, error);
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

/** Those of the hosted domain that the app hints at (`*` for any), when there are some; else everybody. */
function accountChoices(
  context: OAuthContext,
  { hostedDomain }: AuthorizationRequest,
  params: URLSearchParams,
) {
  const ofDomain = context.accounts.filter(
    ({ hd }) => hd !== undefined && (hostedDomain === "*" || hd === hostedDomain?.toLowerCase()),
  );
  const offered = ofDomain.length > 0 ? ofDomain : context.accounts;
  return offered.map((account) => ({
    account,
    address: addressWith(params, { [CHOSEN_ACCOUNT]: account.sub }),
  }));
}

function addressWith(params: URLSearchParams, added: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(params);
  for (const [name, value] of Object.entries(added)) query.set(name, value);
  return `/o/oauth2/v2/auth?${query.toString()}`;
}

function consentPageFor(
  { settings }: OAuthContext,
  { request, account, requestText }: { request: AuthorizationRequest; account: Account; requestText: string },
): string {
  const all = [...request.scopes].map((scope) => ({ scope, words: describeScope(scope) }));
  const isFixed = ({ scope }: { scope: string }) => isFixedScope(settings, request.scopes, scope);
  return consentPage({
    account,
    clientId: request.clientId,
    requestText,
    fixedScopes: all.filter(isFixed),
    optionalScopes: all.filter((line) => !isFixed(line)),
  });
}
