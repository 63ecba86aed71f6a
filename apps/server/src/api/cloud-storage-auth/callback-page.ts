import type { OauthCompleteMessage } from "@driveway/contract";
import { type CallbackPage, framePage } from "./page-frame.ts";

/**
 * The page that ends an OAuth attempt. It posts the message to its opener, at exactly the given origin, leaves it on the
 * BroadcastChannel `driveway-oauth` for pages of ours that lost the popup, and closes. It reads well when it cannot.
 * @param params.origin null when it is not known who began: then nobody is told
 */
export function callbackPage(params: {
  readonly message: OauthCompleteMessage;
  readonly origin: string | null;
}): CallbackPage {
  const { message } = params;
  return framePage({
    ...(message.success
      ? { title: "Connected", text: `${message.connection.provider_email} is connected.`, tone: "good" }
      : { title: "Not connected", text: message.error, tone: "bad" }),
    data: params,
    script: SCRIPT,
    connectTo: null,
  });
}

/** Closes by itself when somebody was told or all is well; an error that nobody heard of stays to be read. */
const SCRIPT = `
const { message, origin } = data;
let told = false;
if (origin !== null) {
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
}
if (told || message.success) leave();
else stay();
`;
