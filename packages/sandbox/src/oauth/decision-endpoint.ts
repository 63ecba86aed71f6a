import type { FastifyReply } from "fastify";
import type { Account } from "../accounts/account.ts";
import { filePickerPage, sendPage, strandedPage } from "../pages/index.ts";
import { finishAuthorization, refuseAuthorization } from "./finish-authorization.ts";
import { gateAccount } from "./gate-account.ts";
import { isFixedScope } from "./is-fixed-scope.ts";
import type { KnownCaller } from "./known-caller.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { type AuthorizationRequest, parseAuthorizationRequest } from "./parse-authorization-request.ts";
import { filesToPick, pickedFiles } from "./pick-on-the-way.ts";

/**
 * Answers the form of the consent page, and that of the picker behind it. A form carries the whole authorization request,
 * which is checked anew, so that nothing needs to be kept between page and answer.
 *
 * @param caller is told which app asks, and who answers
 * @returns the reply: a redirect to the app, the picker, or a page from which nothing leads back
 * @throws OAuthError as parseAuthorizationRequest and pickedFiles do, and what gateAccount gives; invalid_request (400)
 *   for an unknown account or decision
 */
export function answerDecision(
  context: OAuthContext,
  reply: FastifyReply,
  { form, caller }: { form: URLSearchParams; caller: KnownCaller },
): FastifyReply {
  const request = parseAuthorizationRequest(new URLSearchParams(form.get("request") ?? ""), context);
  const account = context.accounts.find(({ sub }) => sub === form.get("account"));
  if (account === undefined) {
    throw invalidRequest("The form names no account of the sandbox.");
  }
  caller.clientId = request.clientId;
  caller.email = account.email;
  const passage = gateAccount(context.settings, account);
  if (passage.kind === "page") throw passage.error;
  if (passage.kind === "neverReturns") {
    return sendPage(reply, 200, strandedPage());
  }
  if (passage.kind === "refused") {
    return reply.redirect(refuseAuthorization(context, request, passage.error), 303);
  }
  return answerAsked(context, reply, { form, request, account });
}

function answerAsked(
  context: OAuthContext,
  reply: FastifyReply,
  { form, request, account }: { form: URLSearchParams; request: AuthorizationRequest; account: Account },
): FastifyReply {
  const decision = form.get("decision");
  if (decision !== "allow" && decision !== "deny" && decision !== "pick") {
    throw invalidRequest("The form holds neither Allow nor Deny.");
  }
  const allowed = allowedScopes(context, request, new Set(form.getAll("granted")));
  if (decision === "deny" || allowed.size === 0) {
    return reply.redirect(refuseAuthorization(context, request, "access_denied"), 303);
  }
  const { onePick } = request;
  if (onePick === null) {
    return reply.redirect(
      finishAuthorization(context, { request, account, allowed, consentShown: true }),
      303,
    );
  }
  const fileIds = form.getAll("picked");
  if (decision === "allow" || fileIds.length === 0) {
    const offer = filesToPick(context.store, { account, clientId: request.clientId, onePick });
    const nothingPicked = decision === "pick";
    const requestText = form.get("request") ?? "";
    const page = filePickerPage({
      account,
      ...offer,
      granted: [...allowed],
      onePick,
      requestText,
      nothingPicked,
    });
    return sendPage(reply, 200, page);
  }
  const picked = pickedFiles(context.store, { account, clientId: request.clientId, onePick, fileIds });
  const back = finishAuthorization(context, {
    request,
    account,
    allowed,
    consentShown: true,
    pickedFileIds: picked,
  });
  for (const fileId of picked) {
    context.store.grantFile({ clientId: request.clientId, sub: account.sub, fileId });
  }
  return reply.redirect(back, 303);
}

/** What was ticked, and what cannot be unticked. */
function allowedScopes(
  { settings }: OAuthContext,
  { scopes }: AuthorizationRequest,
  ticked: ReadonlySet<string>,
): ReadonlySet<string> {
  return new Set([...scopes].filter((scope) => isFixedScope(settings, scopes, scope) || ticked.has(scope)));
}

function invalidRequest(description: string): OAuthError {
  return new OAuthError({ status: 400, error: "invalid_request", description });
}
