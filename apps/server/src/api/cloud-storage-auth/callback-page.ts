import type { OauthCompleteMessage } from "@driveway/contract";
import { randomSecret } from "../../platform/index.ts";

export interface CallbackPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

/**
 * The page that ends an OAuth attempt. It posts the message to its opener, at exactly the given origin, leaves it on the
 * BroadcastChannel `driveway-oauth` for pages of ours that lost the popup, and closes. It reads well when it cannot.
 * @param params.origin null when it is not known who began: then nobody is told
 */
export function callbackPage(params: {
  readonly message: OauthCompleteMessage;
  readonly origin: string | null;
}): CallbackPage {
  const nonce = randomSecret(16);
  const contentSecurityPolicy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return { html: render(params, nonce), contentSecurityPolicy };
}

function render(params: { message: OauthCompleteMessage; origin: string | null }, nonce: string): string {
  const { message } = params;
  const words = message.success
    ? { title: "Connected", text: `${message.connection.provider_email} is connected.`, state: "good" }
    : { title: "Not connected", text: message.error, state: "bad" };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words.title} - Driveway</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main class="${words.state}">
<svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="22"/><path d="${message.success ? TICK : CROSS}"/></svg>
<h1>${words.title}</h1>
<p role="status">${escapeHtml(words.text)}</p>
<p class="hint">You may close this window.</p>
</main>
<script type="application/json" id="result">${safeJson(params)}</script>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>
`;
}

const TICK = "M14 25l7 7 13-15";
const CROSS = "M16 16l16 16M32 16l-16 16";

const STYLE = `
:root{--ground:#f4f5f7;--card:#fff;--ink:#1d2330;--soft:#5b6473;--good:#1a7f4b;--bad:#b3372f}
@media(prefers-color-scheme:dark){:root{--ground:#14171d;--card:#1e232c;--ink:#eef0f4;--soft:#a6afbe;--good:#5fcf95;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:min(26rem,100%);padding:2.5rem 2rem;border-radius:1rem;background:var(--card);text-align:center;box-shadow:0 1px 2px #0002,0 8px 24px #00000014;overflow-wrap:anywhere}
svg{width:3.5rem;height:3.5rem;fill:none;stroke:currentColor;stroke-width:3;stroke-linecap:round;stroke-linejoin:round}
.good svg{color:var(--good)}.bad svg{color:var(--bad)}
h1{margin:.75rem 0 .25rem;font-size:1.375rem;line-height:1.25}
p{margin:.25rem 0}
.hint{margin-top:1.25rem;color:var(--soft);font-size:.875rem}
`;

/** Closes by itself when somebody was told or all is well; an error that nobody heard of stays to be read. */
const SCRIPT = `
(() => {
  const { message, origin } = JSON.parse(document.getElementById("result").textContent);
  if (origin === null) return;
  let told = false;
  try {
    if (window.opener) {
      window.opener.postMessage(message, origin);
      told = true;
    }
  } catch {}
  try {
    const channel = new BroadcastChannel("driveway-oauth");
    channel.postMessage(message);
    channel.close();
  } catch {}
  if (told || message.success) setTimeout(() => window.close(), 50);
})();
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
