import type { Account } from "../accounts/account.ts";
import { escapeHtml } from "./escape-html.ts";
import { layout } from "./layout.ts";

interface ScopeLine {
  readonly scope: string;
  readonly words: string;
}

/**
 * The page that asks a person for consent. What cannot be unticked is only listed; every other scope has a tick box. The
 * boxes are a group with a name, so that whoever hears the page knows what they are for.
 *
 * @param requestText the authorization request as a query string, which the form sends back
 */
export function consentPage({
  account,
  clientId,
  requestText,
  fixedScopes,
  optionalScopes,
}: {
  account: Account;
  clientId: string;
  requestText: string;
  fixedScopes: readonly ScopeLine[];
  optionalScopes: readonly ScopeLine[];
}): string {
  const content = `<h1>Allow access?</h1>
<p class="soft wrap">${escapeHtml(clientId)} asks <strong>${escapeHtml(account.email)}</strong> for the following.</p>
<form method="post" action="/o/oauth2/v2/auth/decision" data-testid="consent-form">
<input type="hidden" name="request" value="${escapeHtml(requestText)}">
<input type="hidden" name="account" value="${escapeHtml(account.sub)}">
${fixedScopes.length === 0 ? "" : `<ul>${fixedScopes.map(fixedItem).join("\n")}</ul>`}
${optionalScopes.length === 0 ? "" : `<fieldset><legend class="soft">What you may leave out</legend><ul>${optionalScopes.map(optionalItem).join("\n")}</ul></fieldset>`}
<p class="buttons">
<button name="decision" value="deny" id="deny" data-testid="deny">Deny</button>
<button class="primary" name="decision" value="allow" id="allow" data-testid="allow">Allow</button>
</p>
</form>`;
  return layout({ title: "Allow access?", content });
}

function fixedItem({ scope, words }: ScopeLine): string {
  return `<li data-scope="${escapeHtml(scope)}"><span>${escapeHtml(words)}</span></li>`;
}

function optionalItem({ scope, words }: ScopeLine): string {
  const value = escapeHtml(scope);
  return `<li><label><input type="checkbox" name="granted" value="${value}" data-testid="scope-${value}" checked>
<span>${escapeHtml(words)}</span></label></li>`;
}
