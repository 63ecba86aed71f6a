import { call } from "./api.js";

const AUTH = "/api/v2/cloud-storage/auth/google_drive";
const POLL_MS = 2_000;
/** How long a closed window may still bring an answer: some pages make a window look closed while it is open. */
const CLOSED_GRACE_MS = 60_000;
const WINDOW = "popup,width=520,height=700";

/**
 * Connects a Google Drive in a popup. Call it in the click itself: browsers block a window that opens later.
 * The answer comes by the callback page's message to this window. When the popup lost its opener, a word on the
 * BroadcastChannel or the clock makes this page ask the server how the attempt ended, and that answer counts.
 * @param {{ onWait: (text: string) => void, signal: AbortSignal }} params `signal` ends the wait and closes the window
 * @returns {Promise<object | null>} the new connection; null when the wait was ended by `signal`
 * @throws {Error} with a sentence for the reader
 */
export async function connectDrive({ onWait, signal }) {
  const popup = window.open("", "driveway-connect", WINDOW);
  if (popup === null) {
    throw new Error("The browser blocked Google's window. Allow pop-ups for this page, then connect again.");
  }
  onWait("Opening Google’s window …");
  signal.addEventListener("abort", () => popup.close(), { once: true });
  try {
    const { authorization_url: address, state } = await call("POST", AUTH, { provider: "google_drive" });
    if (signal.aborted) return null;
    popup.location.href = address;
    onWait("Waiting for your answer in Google’s window …");
    const answer = await waitForAnswer({ popup, state, onWait, signal });
    if (answer === null) return null;
    if (!answer.success) throw new Error(`The Drive was not connected: ${answer.error}`);
    return answer.connection;
  } finally {
    popup.close();
  }
}

/** Resolves with the contract's `oauth-complete` message, or null when the wait was ended. */
function waitForAnswer({ popup, state, onWait, signal }) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const channel = new BroadcastChannel("driveway-oauth");
  let closedAt = null;

  function onMessage(event) {
    if (event.origin !== location.origin || event.source !== popup) return;
    if (event.data?.type === "oauth-complete") resolve(event.data);
  }

  async function askServer() {
    const { status, result } = await call("GET", `${AUTH}/attempts/${encodeURIComponent(state)}`);
    if (result !== null) resolve(result);
    else if (status !== "pending") resolve({ success: false, error: "It took too long. Please try again." });
    else watchWindow();
  }

  function watchWindow() {
    if (!popup.closed) return;
    closedAt ??= Date.now();
    onWait("Google’s window is closed. If you answered there, this takes a moment.");
    if (Date.now() - closedAt < CLOSED_GRACE_MS) return;
    resolve({ success: false, error: "Google’s window was closed before an answer came." });
  }

  const ask = () => void askServer().catch(reject);
  const clock = setInterval(ask, POLL_MS);
  window.addEventListener("message", onMessage);
  channel.addEventListener("message", ask);
  signal.addEventListener("abort", () => resolve(null), { once: true });
  return promise.finally(() => {
    clearInterval(clock);
    window.removeEventListener("message", onMessage);
    channel.close();
  });
}
