import { approveConsent } from "@driveway/sandbox";
import type { Connections } from "../connections/index.ts";
import type { Principal } from "../identity/index.ts";
import type { AskOptions } from "./ask.ts";
import type { TestApp } from "./start-test-app.ts";

/** Connects an account of the sandbox by the programmatic way, without HTTP. Returns the connection's id. */
export async function connectAccount(
  connections: Connections,
  params: { readonly principal: Principal; readonly email: string },
): Promise<string> {
  const { principal, email } = params;
  const provider = "google_drive";
  const asked = { principal, provider, redirectUri: null, origin: null, browserId: null, returnUrl: null };
  const { authorizationUrl } = await connections.startAttempt(asked);
  const granted = await consent(authorizationUrl, email);
  const finished = { principal, provider, ...granted, redirectUri: null };
  return (await connections.finishForPrincipal(finished)).connection.id;
}

/** The same over the API, with the app's own key unless another is given. */
export async function connectDrive(
  app: Pick<TestApp, "request">,
  email = "alice@example.com",
  options: Pick<AskOptions, "apiKey"> = {},
): Promise<string> {
  const path = "/api/v2/cloud-storage/auth/google_drive";
  const attempt = await app.request("POST", path, { body: { provider: "google_drive" }, ...options });
  const granted = await consent(attempt.body.authorization_url, email);
  const finished = await app.request("POST", `${path}/callback`, { body: granted, ...options });
  if (finished.status !== 200) throw new Error(`the account was not connected: ${finished.body.error?.code}`);
  return finished.body.connection.id;
}

async function consent(authorizationUrl: string, email: string): Promise<{ code: string; state: string }> {
  const { searchParams } = await approveConsent({ authorizationUrl, email });
  return { code: searchParams.get("code") ?? "", state: searchParams.get("state") ?? "" };
}
