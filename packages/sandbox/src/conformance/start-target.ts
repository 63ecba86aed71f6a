import { type drive_v3, drive as googleDrive } from "@googleapis/drive";
import { OAuth2Client } from "google-auth-library";
import { createSandbox } from "../create-sandbox.ts";
import { WebClient } from "../testing/web-client.ts";

const SCOPES = "openid email profile https://www.googleapis.com/auth/drive";

/** Where the endpoints of OAuth are. */
interface Endpoints {
  readonly authorize: string;
  readonly token: string;
  readonly revoke: string;
  readonly tokeninfo: string;
  readonly userinfo: string;
  /** The keys of ID tokens, as JSON Web Keys and as certificates. */
  readonly certs: string;
  readonly certificates: string;
  readonly issuer: string;
}

/** What a suite runs against: the sandbox, or Google itself. */
export interface Target {
  readonly name: "sandbox" | "google";
  readonly auth: OAuth2Client;
  readonly drive: drive_v3.Drive;
  /** What stands before `drive/v3/` and `upload/drive/v3/`, with its slash. */
  readonly rootUrl: string;
  readonly endpoints: Endpoints;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** A folder of this run's own; nothing outside it is touched. */
  readonly folderId: string;
  /** A plain call with the access token, or without any where `authorization` is given as an empty text. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Takes the folder away again. */
  stop(): Promise<void>;
}

type Connection = Omit<Target, "drive" | "folderId" | "fetch" | "auth">;

/**
 * Starts a sandbox and connects to it. With `SANDBOX_TARGET=google` it connects to Google instead, with the client and
 * the refresh token of `GOOGLE_CLIENT_ID`, `GOOGLE_CLIENT_SECRET` and `GOOGLE_REFRESH_TOKEN`; the scopes `drive` (or
 * `drive.file`), `openid` and `email` must have been granted.
 */
export async function startTarget(): Promise<Target> {
  const connection = process.env.SANDBOX_TARGET === "google" ? connectToGoogle() : await connectToSandbox();
  const { rootUrl, endpoints, clientId, clientSecret, refreshToken } = connection;
  const auth = new OAuth2Client({
    clientId,
    clientSecret,
    endpoints: {
      oauth2AuthBaseUrl: endpoints.authorize,
      oauth2TokenUrl: endpoints.token,
      oauth2RevokeUrl: endpoints.revoke,
      tokenInfoUrl: endpoints.tokeninfo,
      oauth2FederatedSignonJwkCertsUrl: endpoints.certs,
      oauth2FederatedSignonPemCertsUrl: endpoints.certificates,
    },
    issuers: [endpoints.issuer],
  });
  auth.setCredentials({ refresh_token: refreshToken });
  const drive = googleDrive({ version: "v3", auth, rootUrl });
  const { data } = await drive.files.create({
    requestBody: { name: "Conformance", mimeType: "application/vnd.google-apps.folder" },
  });
  const folderId = data.id ?? "";
  return {
    ...connection,
    auth,
    drive,
    folderId,
    fetch: (path, init) => callWith(auth, new URL(path, rootUrl), init),
    stop: async () => {
      await drive.files.delete({ fileId: folderId });
      await connection.stop();
    },
  };
}

async function callWith(auth: OAuth2Client, url: URL, init: RequestInit = {}): Promise<Response> {
  const { token } = await auth.getAccessToken();
  const headers = new Headers(init.headers);
  if (headers.get("authorization") === "") headers.delete("authorization");
  else if (!headers.has("authorization")) headers.set("authorization", `Bearer ${token ?? ""}`);
  return await fetch(url, { redirect: "manual", ...init, headers });
}

async function connectToSandbox(): Promise<Connection> {
  const sandbox = await createSandbox({ library: "none" });
  const { origin, clientId, clientSecret } = sandbox;
  const { body } = await new WebClient(sandbox).connect({ scope: SCOPES });
  return {
    name: "sandbox",
    rootUrl: `${origin}/`,
    endpoints: {
      authorize: `${origin}/o/oauth2/v2/auth`,
      token: `${origin}/token`,
      revoke: `${origin}/revoke`,
      tokeninfo: `${origin}/tokeninfo`,
      userinfo: `${origin}/v1/userinfo`,
      certs: `${origin}/oauth2/v3/certs`,
      certificates: `${origin}/oauth2/v1/certs`,
      issuer: sandbox.issuer,
    },
    clientId,
    clientSecret,
    refreshToken: String(body.refresh_token),
    stop: () => sandbox.close(),
  };
}

function connectToGoogle(): Connection {
  return {
    name: "google",
    rootUrl: "https://www.googleapis.com/",
    endpoints: {
      authorize: "https://accounts.google.com/o/oauth2/v2/auth",
      token: "https://oauth2.googleapis.com/token",
      revoke: "https://oauth2.googleapis.com/revoke",
      tokeninfo: "https://oauth2.googleapis.com/tokeninfo",
      userinfo: "https://openidconnect.googleapis.com/v1/userinfo",
      certs: "https://www.googleapis.com/oauth2/v3/certs",
      certificates: "https://www.googleapis.com/oauth2/v1/certs",
      issuer: "https://accounts.google.com",
    },
    clientId: required("GOOGLE_CLIENT_ID"),
    clientSecret: required("GOOGLE_CLIENT_SECRET"),
    refreshToken: required("GOOGLE_REFRESH_TOKEN"),
    stop: async () => {},
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`SANDBOX_TARGET=google needs ${name}`);
  return value;
}
