import { randomSecret } from "../../platform/index.ts";

/** A page with the policy that it is to be sent with. Both carry a nonce that is used once. */
export interface CallbackPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

/** What stands on a page before its script has run. */
export interface PageContent {
  readonly title: string;
  readonly text: string;
  readonly tone: "good" | "bad" | "waiting";
  /** For the script, which finds it parsed as `data`. */
  readonly data: unknown;
  /** Runs with `data`, `show`, `stay` and `leave`; texts of a request never get in here. */
  readonly script: string;
  /** The one address that the script may call; null for none. */
  readonly connectTo: string | null;
}

/** Puts a page together. What came with a request is text and data in it, never markup or script. */
export function framePage(content: PageContent): CallbackPage {
  const nonce = randomSecret(16);
  const contentSecurityPolicy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    ...(content.connectTo === null ? [] : [`connect-src ${content.connectTo}`]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return { html: render(content, nonce), contentSecurityPolicy };
}

function render({ title, text, tone, data, script }: PageContent, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} - Driveway</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main id="card" class="${tone}">
<svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="22"/><path class="tick" d="M14 25l7 7 13-15"/><path class="cross" d="M16 16l16 16M32 16l-16 16"/><path class="dots" d="M14 24h.1M24 24h.1M34 24h.1"/></svg>
<div role="status">
<h1 id="title">${escapeHtml(title)}</h1>
<p id="text">${escapeHtml(text)}</p>
</div>
<p class="hint" id="hint"></p>
<button type="button" id="close" hidden>Close</button>
</main>
<script type="application/json" id="result">${safeJson(data)}</script>
<script nonce="${nonce}">(() => {
const data = JSON.parse(document.getElementById("result").textContent);${HELPERS}${script}})();
</script>
</body>
</html>
`;
}

const STYLE = `
:root{--ground:#f4f5f7;--card:#fff;--ink:#1d2330;--soft:#5b6473;--good:#1a7f4b;--bad:#b3372f;--act:#1f5fbf}
@media(prefers-color-scheme:dark){:root{--ground:#14171d;--card:#1e232c;--ink:#eef0f4;--soft:#a6afbe;--good:#5fcf95;--bad:#ff8a80;--act:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;grid-template-columns:minmax(0,26rem);place-content:center;padding:clamp(.75rem,4vw,1.5rem);background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{padding:2.5rem clamp(1rem,6vw,2rem);border-radius:1rem;background:var(--card);text-align:center;box-shadow:0 1px 2px #0002,0 8px 24px #00000014;overflow-wrap:anywhere}
svg{width:3.5rem;height:3.5rem;fill:none;stroke:currentColor;stroke-width:3;stroke-linecap:round;stroke-linejoin:round;color:var(--soft)}
.good svg{color:var(--good)}.bad svg{color:var(--bad)}
main:not(.good) .tick,main:not(.bad) .cross,main:not(.waiting) .dots{display:none}
h1{margin:.75rem 0 .25rem;font-size:1.375rem;line-height:1.25}
p{margin:.25rem 0}
.hint{margin-top:1.25rem;color:var(--soft);font-size:.875rem}
button{margin-top:1rem;min-height:2.75rem;padding:.5rem 1.5rem;border:2px solid var(--act);border-radius:.5rem;background:none;color:var(--act);font:inherit;font-weight:600;cursor:pointer}
button:focus-visible{outline:3px solid var(--act);outline-offset:3px}
`;

/** `stay` offers to close, by a key too; `leave` closes, and offers it where the browser does not let a page do so. */
const HELPERS = `
const CLOSE_MS = 50;
const STILL_HERE_MS = 500;
const byId = (id) => document.getElementById(id);
const show = (tone, title, text) => {
  byId("card").className = tone;
  byId("title").textContent = title;
  byId("text").textContent = text;
  document.title = title + " - Driveway";
};
const stay = () => {
  byId("hint").textContent = "You may close this window.";
  byId("close").hidden = false;
  byId("close").focus();
};
const leave = () => {
  setTimeout(() => window.close(), CLOSE_MS);
  setTimeout(stay, STILL_HERE_MS);
};
byId("close").addEventListener("click", () => {
  window.close();
  setTimeout(() => {
    byId("hint").textContent = "The browser leaves it to you to close this window or tab.";
  }, STILL_HERE_MS);
});
`;

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character] ?? character);
}

/** JSON that cannot end its script element, whatever the texts in it say. */
function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
