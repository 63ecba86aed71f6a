import type { Sandbox } from "@driveway/sandbox";
import type { GoogleConfig } from "../config.ts";

/** What Driveway needs of a sandbox to be its client; it can be told to another process. */
export type SandboxAddress = Pick<Sandbox, "clientId" | "clientSecret" | "issuer" | "apiRoot">;

const DRIVE_SCOPES = ["drive.file", "drive.readonly"].map(
  (name) => `https://www.googleapis.com/auth/${name}`,
);

/** The scopes that tests ask for. */
export const TEST_SCOPES: readonly string[] = ["openid", "email", "profile", ...DRIVE_SCOPES];

/** The configuration of a Google client that talks to a sandbox. */
export function googleClient({ clientId, clientSecret, issuer, apiRoot }: SandboxAddress): GoogleConfig {
  return { clientId, clientSecret, issuer, apiRoot, scopes: TEST_SCOPES, apiKey: "a key", appId: "42" };
}
