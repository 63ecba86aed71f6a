import { CallbackQuery } from "@driveway/contract";
import { type CallbackPage, framePage } from "./page-frame.ts";

/**
 * The page that an attempt comes back to in a browser that sent no cookie of it, because the page that began it is of another
 * site. It asks its opener for the attempt's secret before it does anything: it takes an answer from that window at exactly
 * the return origin alone, sends it on with what the provider said, posts what became of it to the same window at the same
 * origin, and closes. Without an answer it says so, and nothing was consumed: so a link that somebody was lured to, or a
 * window that a foreign page opened, connects nothing.
 * @param params.address of the operation finishAuthInPopup; the only one that the page may call
 */
export function secretPage(params: { readonly origin: string; readonly address: string }): CallbackPage {
  return framePage({
    title: "One moment",
    text: "The page that you came from is asked to finish this.",
    tone: "waiting",
    data: { ...params, names: Object.keys(CallbackQuery.shape) },
    script: SCRIPT,
    connectTo: sourceOf(params.address),
  });
}

/** A policy has no word for an IPv6 address (CSP Level 3 section 2.3.1, `host-char`): there the page's own origin stands for it. */
function sourceOf(address: string): string {
  return new URL(address).hostname.startsWith("[") ? "'self'" : address;
}

/**
 * What the provider said is read from the page's own address, so that it stands nowhere else. An answer that comes late
 * is still good: a page in the background may be slow to wake.
 */
const SCRIPT = `
const { names, origin, address } = data;
const query = new URLSearchParams(location.search);
const answer = {};
for (const name of names) if (query.has(name)) answer[name] = query.get(name);
const ANSWER_MS = 5000;
const opener = window.opener;
let answered = false;

const fail = (text) => {
  show("bad", "Not connected", text);
  stay();
};

async function finish(secret) {
  show("waiting", "One moment", "The account is being connected.");
  const response = await fetch(address, {
    method: "POST",
    credentials: "omit",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...answer, attempt_secret: secret }),
  });
  const reply = await response.json();
  if (!response.ok) {
    fail(reply.error.message);
    return;
  }
  opener.postMessage(reply, origin);
  if (reply.success) show("good", "Connected", reply.connection.provider_email + " is connected.");
  else show("bad", "Not connected", reply.error);
  leave();
}

function onMessage(event) {
  if (event.source !== opener || event.origin !== origin) return;
  const { type, state, attempt_secret: secret } = event.data ?? {};
  if (type !== "oauth-attempt-secret" || state !== answer.state || typeof secret !== "string") return;
  window.removeEventListener("message", onMessage);
  answered = true;
  finish(secret).catch(() => fail("Driveway could not be reached. Close this window and connect again."));
}

if (!opener || opener.closed) {
  fail("This window has lost the page that opened it, so nothing was connected. Go back to that page and connect again.");
} else {
  window.addEventListener("message", onMessage);
  opener.postMessage({ type: "oauth-attempt-secret-request", state: answer.state }, origin);
  setTimeout(() => {
    if (answered) return;
    fail("The page that opened this window does not answer, so nothing was connected. Go back to it and connect again.");
  }, ANSWER_MS);
}
`;
