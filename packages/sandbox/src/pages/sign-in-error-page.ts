import { escapeHtml } from "./escape-html.ts";
import { layout } from "./layout.ts";

/** What the page says above the description, by error code; the request is at fault for all others. */
const headings: ReadonlyMap<string, string> = new Map([
  ["access_denied", "This account may not use the app"],
  ["access_not_configured", "An administrator has to decide about this app first"],
  ["admin_policy_enforced", "Stopped by the administrator"],
  ["deleted_client", "The app is no longer known"],
  ["disallowed_useragent", "This browser may not be used to sign in"],
  ["invalid_client", "The app is not known"],
  ["not_found", "Nothing is here"],
  ["org_internal", "The app is for its own organisation only"],
]);

/** The page on which an authorization ends that cannot go on: the browser does not return to the app. */
export function signInErrorPage({
  status,
  code,
  description,
}: {
  status: number;
  code: string;
  description: string;
}): string {
  const content = `<h1>${headings.get(code) ?? "The app's request is invalid"}</h1>
<p class="wrap">${escapeHtml(description)}</p>
<p class="soft" data-testid="error-code" data-error="${escapeHtml(code)}">Error ${status}: ${escapeHtml(code)}</p>`;
  return layout({ title: `Error ${status}: ${code}`, content });
}
