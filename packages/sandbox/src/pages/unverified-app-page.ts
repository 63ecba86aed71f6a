import { escapeHtml } from "./escape-html.ts";
import { layout } from "./layout.ts";

/** The warning that stands before the consent page of an app which Google has not verified. */
export function unverifiedAppPage({ clientId, address }: { clientId: string; address: string }): string {
  const content = `<h1>This app has not been verified</h1>
<p class="wrap">${escapeHtml(clientId)} asks for sensitive access, and nobody has checked who is behind it. Go on only
if you know and trust the developer.</p>
<p class="buttons"><a class="button" href="${escapeHtml(address)}" data-testid="proceed">Go on anyway</a></p>`;
  return layout({ title: "This app has not been verified", content });
}
