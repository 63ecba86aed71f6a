import { fileURLToPath } from "node:url";
import { approveConsent } from "@driveway/sandbox";
import { type RunningServer, runServer } from "./running-server.ts";

const PROGRAM = fileURLToPath(import.meta.resolve("@driveway/sandbox/bin"));
const REDIRECT_URI = "http://127.0.0.1:9/back";
const SCOPE = "https://www.googleapis.com/auth/drive";

/** What the sandbox says when it is ready, as far as it is of use here. */
interface Ready {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly generatedFolderId: string;
}

/** A sandbox in a process of its own, with somebody who may read and write everything of Alice's. */
export type RunningSandbox = RunningServer<Ready> & { readonly authorization: string };

/** Starts a sandbox with options of its command line. */
export async function runSandbox(...options: string[]): Promise<RunningSandbox> {
  const server = await runServer<Ready>(PROGRAM, ["--port", "0", "--json", "--exit-with-stdin", ...options]);
  return { ...server, authorization: `Bearer ${await accessToken(server.ready)}` };
}

async function accessToken({ origin, clientId, clientSecret }: Ready): Promise<string> {
  const query = { client_id: clientId, redirect_uri: REDIRECT_URI, response_type: "code", scope: SCOPE };
  const authorizationUrl = `${origin}/o/oauth2/v2/auth?${new URLSearchParams(query).toString()}`;
  const back = await approveConsent({ authorizationUrl, email: "alice@example.com" });
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code: back.searchParams.get("code") ?? "",
    redirect_uri: REDIRECT_URI,
    client_id: clientId,
    client_secret: clientSecret,
  });
  const response = await fetch(`${origin}/token`, { method: "POST", body });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`The sandbox gave no token: ${response.status}`);
  return token;
}
