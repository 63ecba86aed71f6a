import type { Account } from "../accounts/account.ts";
import { escapeHtml } from "./escape-html.ts";
import { layout } from "./layout.ts";

/** A file as far as the picker shows it. */
interface FileToPick {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly folderName: string;
}

/**
 * The page on which a person picks files while signing in.
 *
 * @param fileCount how many files there are to pick from; `files` may be the first of them only
 * @param granted the scopes that were ticked on the page before
 * @param requestText the authorization request as a query string, which the form sends back
 * @param nothingPicked whether the person has just tried to go on without picking anything
 */
export function filePickerPage({
  account,
  files,
  fileCount,
  granted,
  onePick: { allowsSeveral },
  requestText,
  nothingPicked,
}: {
  account: Account;
  files: readonly FileToPick[];
  fileCount: number;
  granted: readonly string[];
  onePick: { readonly allowsSeveral: boolean };
  requestText: string;
  nothingPicked: boolean;
}): string {
  const title = allowsSeveral ? "Pick files" : "Pick a file";
  const hidden = granted.map((scope) => `<input type="hidden" name="granted" value="${escapeHtml(scope)}">`);
  const type = allowsSeveral ? "checkbox" : "radio";
  const items = files.map((file) => fileItem(file, type)).join("\n");
  const content = `<h1>${title}</h1>
<p class="soft wrap">The app gets to see what you pick from the Drive of <strong>${escapeHtml(account.email)}</strong>, and nothing else.</p>
${nothingPicked ? `<p class="notice" role="alert" data-testid="nothing-picked">Nothing is picked yet.</p>` : ""}
<form method="post" action="/o/oauth2/v2/auth/decision" data-testid="picker-form">
<input type="hidden" name="request" value="${escapeHtml(requestText)}">
<input type="hidden" name="account" value="${escapeHtml(account.sub)}">
${hidden.join("\n")}
${files.length === 0 ? `<p data-testid="no-files">There is nothing to pick.</p>` : `<fieldset><legend class="soft">${legend(files.length, fileCount)}</legend><ul class="scroll">${items}</ul></fieldset>`}
<p class="buttons">
<button name="decision" value="deny" id="deny" data-testid="deny">Cancel</button>
<button class="primary" name="decision" value="pick" id="pick" data-testid="pick">Select</button>
</p>
</form>`;
  return layout({ title, content });
}

function legend(shown: number, count: number): string {
  if (shown < count) return `The first ${shown} of ${count} files`;
  return count === 1 ? "One file" : `${count} files`;
}

function fileItem({ id, name, mimeType, folderName }: FileToPick, type: "checkbox" | "radio"): string {
  const value = escapeHtml(id);
  return `<li><label><input type="${type}" name="picked" value="${value}" data-testid="file-${value}">
<span class="wrap">${escapeHtml(name)}<br><span class="soft small">${escapeHtml(folderName)} &middot; ${escapeHtml(mimeType)}</span></span></label></li>`;
}
