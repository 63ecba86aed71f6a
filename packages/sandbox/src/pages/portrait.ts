import type { Account } from "../accounts/account.ts";
import { escapeHtml } from "./escape-html.ts";

/** A round SVG picture of a person: the first letter of the name on a colour taken from the subject. */
export function portrait(account: Account): string {
  const hue = Number(account.sub.slice(-3)) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">
<circle cx="48" cy="48" r="48" fill="hsl(${hue} 45% 40%)"/>
<text x="48" y="64" font-family="sans-serif" font-size="44" fill="#fff" text-anchor="middle">${escapeHtml(account.givenName.slice(0, 1))}</text>
</svg>`;
}
