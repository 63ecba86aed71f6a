import { escapeHtml } from "./escape-html.ts";
import { layout } from "./layout.ts";

/** The page on which a faulty authorization request ends: the browser does not return to the app. */
export function signInErrorPage({
  status,
  code,
  description,
}: {
  status: number;
  code: string;
  description: string;
}): string {
  const content = `<h1>Access blocked: this app's request is invalid</h1>
<p class="wrap">${escapeHtml(description)}</p>
<p class="soft" data-testid="error-code" data-error="${escapeHtml(code)}">Error ${status}: ${escapeHtml(code)}</p>`;
  return layout({ title: `Error ${status}: ${code}`, content });
}
