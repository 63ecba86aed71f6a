import type { Account } from "../accounts/account.ts";
import { escapeHtml } from "./escape-html.ts";
import { layout } from "./layout.ts";

/** An app that a person gave access to, and what it may do, in words. */
interface ConnectedApp {
  readonly clientId: string;
  readonly permissions: readonly string[];
}

/** The page of an account on which a person takes access away from apps. */
export function accountPage({ account, apps }: { account: Account; apps: readonly ConnectedApp[] }): string {
  const list = apps.map((app) => appItem(account, app)).join("\n");
  const content = `<h1>Apps with access</h1>
<p class="soft wrap" data-email="${escapeHtml(account.email)}">to the account of <strong>${escapeHtml(account.email)}</strong></p>
${apps.length === 0 ? `<p data-testid="no-apps">No app has access.</p>` : list}`;
  return layout({ title: "Apps with access", content });
}

function appItem({ sub }: Account, { clientId, permissions }: ConnectedApp): string {
  const lines = permissions.map((words) => `<li><span>${escapeHtml(words)}</span></li>`);
  return `<section aria-label="${escapeHtml(clientId)}"><h2 class="wrap">${escapeHtml(clientId)}</h2>
<ul>${lines.join("\n")}</ul>
<form method="post" action="/sandbox/account/${escapeHtml(sub)}">
<input type="hidden" name="client_id" value="${escapeHtml(clientId)}">
<p class="buttons"><button aria-label="Remove access of ${escapeHtml(clientId)}" data-testid="remove-${escapeHtml(clientId)}">Remove access</button></p>
</form></section>`;
}
