import { approveConsent } from "@driveway/sandbox";
import type { TestApp } from "./start-test-app.ts";

/** Connects an account of the sandbox over the API, with the app's own key. Returns the connection's id. */
export async function connectDrive(app: TestApp, email = "alice@example.com"): Promise<string> {
  const path = "/api/v2/cloud-storage/auth/google_drive";
  const attempt = await app.request("POST", path, { body: { provider: "google_drive" } });
  const redirect = await approveConsent({ authorizationUrl: attempt.body.authorization_url, email });
  const { searchParams } = redirect;
  const finished = await app.request("POST", `${path}/callback`, {
    body: { code: searchParams.get("code"), state: searchParams.get("state") },
  });
  if (finished.status !== 200) throw new Error(`the account was not connected: ${finished.body.error?.code}`);
  return finished.body.connection.id;
}
