import type { Account } from "../accounts/account.ts";
import { escapeHtml } from "./escape-html.ts";
import { layout } from "./layout.ts";

/** What a client says about itself, and proves it by. */
interface ClientLine {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The page at the root of the sandbox: what it is, and what a client needs to use it. */
export function homePage({
  origin,
  clients,
  accounts,
}: {
  origin: string;
  clients: readonly ClientLine[];
  accounts: readonly Account[];
}): string {
  const content = `<h1>A Google that runs on your machine</h1>
<p class="soft">OAuth with a consent page and Drive v3, filled with pictures that were made here. Nothing on it
reaches Google.</p>
<dl>
<dt>Discovery document</dt><dd>${escapeHtml(origin)}/.well-known/openid-configuration</dd>
<dt>Drive API</dt><dd>${escapeHtml(origin)}/drive/v3</dd>
${clients.map(clientLines).join("\n")}
<dt>Accounts, each with the apps that have access</dt>${accounts.map(accountLine).join("")}
<dt>Control API, unless switched off</dt><dd>${escapeHtml(origin)}/sandbox/api</dd>
</dl>
<p class="soft">Options, settings, faults and the control API are described in <code>README.md</code> of the package
<code>@driveway/sandbox</code>; <code>driveway-sandbox --help</code> lists the options.</p>`;
  return layout({ title: "What a client needs", content });
}

function clientLines({ clientId, clientSecret }: ClientLine): string {
  return `<dt>Client id and secret</dt><dd>${escapeHtml(clientId)}</dd><dd>${escapeHtml(clientSecret)}</dd>`;
}

function accountLine({ sub, email }: Account): string {
  return `<dd><a href="/sandbox/account/${escapeHtml(sub)}">${escapeHtml(email)}</a></dd>`;
}
