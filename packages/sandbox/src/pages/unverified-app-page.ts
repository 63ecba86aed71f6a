import type { Account } from "../accounts/account.ts";
import { escapeHtml } from "./escape-html.ts";
import { layout } from "./layout.ts";

/**
 * The warning that stands before the consent page of an app which Google has not verified. One goes on to the address, or
 * back to the app, which is then denied.
 *
 * @param requestText the authorization request as a query string, which the form sends back
 */
export function unverifiedAppPage({
  account,
  clientId,
  address,
  requestText,
}: {
  account: Account;
  clientId: string;
  address: string;
  requestText: string;
}): string {
  const content = `<h1>This app has not been verified</h1>
<p class="wrap">${escapeHtml(clientId)} asks for sensitive access, and nobody has checked who is behind it. Go on only
if you know and trust the developer.</p>
<form method="post" action="/o/oauth2/v2/auth/decision">
<input type="hidden" name="request" value="${escapeHtml(requestText)}">
<input type="hidden" name="account" value="${escapeHtml(account.sub)}">
<p class="buttons"><a class="button" href="${escapeHtml(address)}" data-testid="proceed">Go on anyway</a>
<button class="primary" name="decision" value="deny" id="deny" data-testid="deny">Go back</button></p>
</form>`;
  return layout({ title: "This app has not been verified", content });
}
