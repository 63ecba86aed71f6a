import { CompleteAuthReply, StartAuthReply } from "@driveway/contract";
import { approveConsent } from "@driveway/sandbox";
import type { ApiClient } from "./api-client.ts";

const AUTH = "/api/v2/cloud-storage/auth/google_drive";

/**
 * Connects a Drive as the server of an application would: asks for the address of the consent page, lets the person
 * allow it there, and hands code and state of the redirect back (RFC 6749 §4.1).
 * @param params.email whose Drive
 * @returns the connection's id
 */
export async function connectDrive(params: { api: ApiClient; email: string }): Promise<string> {
  const { api, email } = params;
  const started = await api.call({
    method: "POST",
    path: AUTH,
    body: { provider: "google_drive" },
    reply: StartAuthReply,
  });
  const back = await approveConsent({ authorizationUrl: started.authorization_url, email });
  const code = back.searchParams.get("code");
  const state = back.searchParams.get("state");
  if (code === null || state === null)
    throw new Error(`Consent ended with ${back.searchParams.get("error")}`);
  const body = { code, state };
  const { connection } = await api.call({
    method: "POST",
    path: `${AUTH}/callback`,
    body,
    reply: CompleteAuthReply,
  });
  return connection.id;
}
