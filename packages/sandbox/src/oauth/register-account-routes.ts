import type { FastifyInstance, FastifyReply } from "fastify";
import { accountPage, sendPage } from "../pages/index.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { refuseForeignForm } from "./refuse-foreign-form.ts";
import { describeScope } from "./scopes.ts";

/**
 * Adds the page on which a person sees which apps have access, and takes it away: the whole grant of that app, with the
 * files given to it.
 */
export function registerAccountRoutes(scope: FastifyInstance, context: OAuthContext): void {
  scope.get<{ Params: { sub: string } }>("/sandbox/account/:sub", (request, reply) =>
    sendAccount(context, reply, request.params.sub),
  );
  scope.post<{ Params: { sub: string } }>("/sandbox/account/:sub", (request, reply) => {
    refuseForeignForm(request);
    const { sub } = request.params;
    const account = context.accounts.find((each) => each.sub === sub);
    const clientId = request.body instanceof URLSearchParams ? request.body.get("client_id") : null;
    const grant = account === undefined || clientId === null ? null : context.grants.find(account, clientId);
    if (grant === null) {
      throw new OAuthError({ status: 404, error: "not_found", description: "There is no such access." });
    }
    context.grants.revoke(grant);
    return reply.redirect(`/sandbox/account/${sub}`, 303);
  });
}

function sendAccount({ accounts, grants }: OAuthContext, reply: FastifyReply, sub: string): FastifyReply {
  const account = accounts.find((each) => each.sub === sub);
  if (account === undefined) {
    throw new OAuthError({ status: 404, error: "not_found", description: "There is no such account." });
  }
  const apps = grants
    .list(account)
    .map(({ clientId, scopes }) => ({ clientId, permissions: [...scopes].map(describeScope) }));
  return sendPage(reply, 200, accountPage({ account, apps }));
}
