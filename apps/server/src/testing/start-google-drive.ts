import { randomBytes } from "node:crypto";
import { approveConsent, createSandbox, type Sandbox } from "@driveway/sandbox";
import { createGoogleDrive, type Drive, type DriveWork, type ProviderProperties } from "../drives/index.ts";
import { systemClock } from "../platform/index.ts";
import { type Fate, type FaultProxy, type ProxiedRequest, startFaultProxy } from "./start-fault-proxy.ts";

const REDIRECT_URI = "http://localhost:9/callback";
const SCOPES = ["drive.file", "drive.readonly"].map((name) => `https://www.googleapis.com/auth/${name}`);

/** Alice's Drive in a sandbox, seen through the Google adapter and a proxy that can spoil requests. */
export interface GoogleDriveWorld {
  readonly sandbox: Sandbox;
  readonly proxy: FaultProxy;
  /** The account id of alice@example.com. */
  readonly alice: string;
  /** The account id of bob@example.com. */
  readonly bob: string;
  readonly properties: ProviderProperties;
  /** For a job when left out. */
  drive(work?: DriveWork): Drive;
  /** Has the next requests decided so; every one passes until then. */
  decide(fate: (request: ProxiedRequest) => Fate): void;
  /** Lets everything pass and forgets the requests, faults and settings before. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts an empty sandbox, connects Alice and opens her Drive. */
export async function startGoogleDrive(): Promise<GoogleDriveWorld> {
  const pass = (): Fate => ({ kind: "pass" });
  let fate: (request: ProxiedRequest) => Fate = pass;
  const sandbox = await createSandbox({ library: "none" });
  const proxy = await startFaultProxy({ target: sandbox.apiRoot, decide: (request) => fate(request) });
  const { clientId, clientSecret, issuer } = sandbox;
  const google = createGoogleDrive({
    clientId,
    clientSecret,
    issuer,
    scopes: SCOPES,
    apiRoot: proxy.origin,
    apiKey: "",
    appId: "",
    clock: systemClock,
    idleTimeoutMs: 2_000,
  });
  const codeVerifier = randomBytes(32).toString("base64url");
  const address = { state: "a state", codeVerifier, redirectUri: REDIRECT_URI };
  const back = await approveConsent({ authorizationUrl: await google.oauth.authorizationUrl(address) });
  const code = back.searchParams.get("code") ?? "";
  const { tokens } = await google.oauth.exchangeCode({ code, codeVerifier, redirectUri: REDIRECT_URI });
  const lent = { accessToken: tokens.accessToken, version: 1 };
  const credential = { current: async () => lent, renew: async () => lent, giveUp: async () => {} };
  const subOf = (email: string) => sandbox.accounts.find((account) => account.email === email)?.sub ?? "";
  return {
    sandbox,
    proxy,
    alice: subOf("alice@example.com"),
    bob: subOf("bob@example.com"),
    properties: google.properties,
    drive: (work = { kind: "bulk", unitsLeft: null }) =>
      google.openDrive(credential, {
        pace: google.paceOf({ oauthClientId: clientId, providerUserId: "alice" }),
        work,
      }),
    decide(next) {
      fate = next;
    },
    reset() {
      fate = pass;
      sandbox.reset();
    },
    async close() {
      await google.close();
      await proxy.close();
      await sandbox.close();
    },
  };
}
