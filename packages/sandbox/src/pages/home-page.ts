import type { Account } from "../account.ts";
import { escapeHtml } from "./escape-html.ts";
import { layout } from "./layout.ts";

/** The page at the root of the sandbox: what it is, and what a client needs to use it. */
export function homePage({
  origin,
  clientId,
  accounts,
}: {
  origin: string;
  clientId: string;
  accounts: readonly Account[];
}): string {
  const content = `<h1>A Google that runs on your machine</h1>
<p class="soft">OAuth with a consent page and Drive v3, filled with pictures that were made here. Nothing on it
reaches Google, and nothing is kept when it stops.</p>
<dl>
<dt>Discovery document</dt><dd>${escapeHtml(origin)}/.well-known/openid-configuration</dd>
<dt>Drive API</dt><dd>${escapeHtml(origin)}/drive/v3</dd>
<dt>Client id</dt><dd>${escapeHtml(clientId)}</dd>
<dt>Accounts</dt>${accounts.map(({ email }) => `<dd>${escapeHtml(email)}</dd>`).join("")}
</dl>`;
  return layout({ title: "Sandbox", content });
}
