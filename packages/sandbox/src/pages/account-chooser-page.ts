import type { Account } from "../accounts/account.ts";
import { escapeHtml } from "./escape-html.ts";
import { layout } from "./layout.ts";

/** The page that asks who is signing in. Each account is a link to the address that goes on with it. */
export function accountChooserPage(choices: readonly { account: Account; address: string }[]): string {
  const items = choices.map(({ account, address }) => {
    const email = escapeHtml(account.email);
    return `<li><a href="${escapeHtml(address)}" data-testid="account-${email}">
<img class="portrait" src="/sandbox/portraits/${escapeHtml(account.sub)}" alt="">
<span class="wrap"><strong>${escapeHtml(account.name)}</strong><br><span class="soft">${email}</span></span></a></li>`;
  });
  const content = `<h1>Choose an account</h1>
<p class="soft">These people exist only in this sandbox. Nobody needs a password.</p>
<ul>${items.join("\n")}</ul>`;
  return layout({ title: "Choose an account", content });
}
