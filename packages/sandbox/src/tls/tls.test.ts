import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { drive as googleDrive } from "@googleapis/drive";
import { OAuth2Client } from "google-auth-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { approveConsent } from "../consent/approve-consent.ts";
import { createSandbox, type Sandbox } from "../create-sandbox.ts";
import { agentByName, callByName } from "../testing/google-by-name.ts";
import { WebClient } from "../testing/web-client.ts";
import type { TlsAddress } from "./index.ts";

const REDIRECT_URI = "http://localhost:4999/callback";
const SCOPES = ["openid", "email", "profile", "https://www.googleapis.com/auth/drive"];
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
let directory: string;
let sandbox: Sandbox;
let tls: TlsAddress;
let agent: Agent;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "tls-"));
  sandbox = await createSandbox({ library: "none", tls: { port: 0, directory } });
  if (sandbox.tls === null) throw new Error("no TLS");
  tls = sandbox.tls;
  agent = agentByName(tls);
});
afterAll(async () => {
  agent.destroy();
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
});

function googleClient(): OAuth2Client {
  const { clientId, clientSecret } = sandbox;
  return new OAuth2Client({
    clientId,
    clientSecret,
    redirectUri: REDIRECT_URI,
    transporterOptions: { agent },
  });
}

/** The pages are walked through without TLS: the address in the request stands for a browser that was led here. */
async function consented(auth: OAuth2Client): Promise<string> {
  const atGoogle = new URL(
    auth.generateAuthUrl({ access_type: "offline", prompt: "consent", scope: SCOPES }),
  );
  expect(atGoogle.origin).toBe("https://accounts.google.com");
  const authorizationUrl = new URL(atGoogle.pathname + atGoogle.search, sandbox.origin);
  const back = await approveConsent({ authorizationUrl, email: "alice@example.com" });
  return back.searchParams.get("code") ?? "";
}

async function connected(): Promise<OAuth2Client> {
  const auth = googleClient();
  const { tokens } = await auth.getToken(await consented(auth));
  auth.setCredentials(tokens);
  return auth;
}

describe("Google's own client, with the addresses that are built into it", () => {
  it("exchanges a code, verifies the ID token of accounts.google.com, refreshes and revokes", async () => {
    const auth = await connected();
    const { id_token: idToken, refresh_token: refreshToken } = auth.credentials;
    const ticket = await auth.verifyIdToken({ idToken: idToken ?? "", audience: sandbox.clientId });
    expect(ticket.getPayload()).toMatchObject({
      iss: "https://accounts.google.com",
      email: "alice@example.com",
    });
    const { credentials } = await auth.refreshAccessToken();
    expect(credentials.access_token).toMatch(/^ya29\./);
    const information = await auth.getTokenInfo(credentials.access_token ?? "");
    expect(information.email).toBe("alice@example.com");
    await auth.revokeToken(refreshToken ?? "");
    await expect(auth.refreshAccessToken()).rejects.toMatchObject({
      response: { data: { error: "invalid_grant" } },
    });
  });

  it("lists, uploads by the resumable protocol to www.googleapis.com, and downloads", async () => {
    const auth = await connected();
    const drive = googleDrive({ version: "v3", auth, agent } as Parameters<typeof googleDrive>[0]);
    const bytes = Buffer.alloc(700_001, "picture");
    const start = await auth.request({
      url: "https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable",
      method: "POST",
      data: { name: "by-name.jpg" },
      headers: { "X-Upload-Content-Type": "image/jpeg" },
    });
    const session = start.headers.get("location") ?? "";
    expect(session).toMatch(/^https:\/\/www\.googleapis\.com\/upload\/drive\/v3\/files\?/);
    const { data } = await auth.request<{ id: string }>({ url: session, method: "PUT", body: bytes });
    const list = await drive.files.list({ q: "name = 'by-name.jpg'", fields: "files(id,size)" });
    expect(list.data.files).toEqual([{ id: data.id, size: "700001" }]);
    const media = await drive.files.get({ fileId: data.id, alt: "media" }, { responseType: "stream" });
    expect((await buffer(media.data)).equals(bytes)).toBe(true);
  });
});

describe("addresses under Google's host names", () => {
  it("are spread over Google's hosts in the discovery document", async () => {
    const { text } = await callByName(agent, "https://accounts.google.com/.well-known/openid-configuration");
    expect(JSON.parse(text)).toMatchObject({
      issuer: "https://accounts.google.com",
      authorization_endpoint: "https://accounts.google.com/o/oauth2/v2/auth",
      token_endpoint: "https://oauth2.googleapis.com/token",
      revocation_endpoint: "https://oauth2.googleapis.com/revoke",
      userinfo_endpoint: "https://openidconnect.googleapis.com/v1/userinfo",
      jwks_uri: "https://www.googleapis.com/oauth2/v3/certs",
    });
  });

  it("have accounts.google.com as the issuer on the way back to the app (RFC 9207)", async () => {
    const { pathname, search } = new WebClient(sandbox).authorizationUrl({ prompt: "none" });
    const { headers } = await callByName(agent, `https://accounts.google.com${pathname}${search}`);
    const back = new URL(String(headers.location)).searchParams;
    expect(back.get("iss")).toBe("https://accounts.google.com");
    expect(back.get("error")).toBe("login_required");
  });

  it("are Google's in the links of a file, one by one and in a batch", async () => {
    const auth = await connected();
    const image = { name: "linked.png", mimeType: "image/png", content: Buffer.from("png") };
    const { id } = sandbox.drive.addFile(sandbox.accounts[0]?.sub ?? "", image);
    const path = `/drive/v3/files/${id}?fields=webContentLink,webViewLink,thumbnailLink`;
    const authorization = `Bearer ${auth.credentials.access_token}`;
    const alone = await callByName(agent, `https://www.googleapis.com${path}`, {
      headers: { authorization },
    });
    expect(JSON.parse(alone.text)).toEqual({
      webViewLink: `https://drive.google.com/file/d/${id}/view?usp=drivesdk`,
      webContentLink: `https://drive.google.com/uc?id=${id}&export=download`,
      thumbnailLink: expect.stringMatching(/^https:\/\/lh3\.googleusercontent\.com\/drive-storage\//),
    });
    const part = `--b\r\nContent-Type: application/http\r\n\r\nGET ${path} HTTP/1.1\r\n\r\n--b--\r\n`;
    const ask = { method: "POST", headers: { authorization, "content-type": "multipart/mixed; boundary=b" } };
    const batch = (host: string) => callByName(agent, `${host}/batch/drive/v3`, { ...ask, body: part });
    expect((await batch("https://www.googleapis.com")).text).toContain("https://drive.google.com/file/d/");
    expect((await batch(tls.origin)).text).toContain(`${tls.origin}/file/d/`);
  });

  it("are refused with 404 where the path lives on another of Google's hosts", async () => {
    const mark = sandbox.requests.mark();
    const answer = await callByName(agent, "https://accounts.google.com/token", { method: "POST" });
    expect(answer.status).toBe(404);
    expect(sandbox.requests.since(mark)).toMatchObject([
      { path: "//accounts.google.com/token", status: 404 },
    ]);
  });

  it("do not reach the sandbox's own API", async () => {
    for (const host of ["www.googleapis.com", "accounts.google.com"]) {
      const { status } = await callByName(agent, `https://${host}/sandbox/api`);
      expect([403, 404, 421]).toContain(status);
    }
  });

  it("are the sandbox's own under its own name, with TLS and without", async () => {
    const client = new WebClient({ ...sandbox, origin: sandbox.origin });
    const own = await client.get("/.well-known/openid-configuration");
    expect(own.body.issuer).toBe(sandbox.origin);
    const { text } = await callByName(agent, `${tls.origin}/.well-known/openid-configuration`);
    expect(JSON.parse(text)).toMatchObject({ issuer: tls.origin, token_endpoint: `${tls.origin}/token` });
  });

  it("give tokens that work under the sandbox's own name too, and the other way round", async () => {
    const auth = await connected();
    const client = new WebClient(sandbox);
    const accessToken = auth.credentials.access_token ?? "";
    expect((await client.get("/drive/v3/about?fields=user", accessToken)).status).toBe(200);
    const idToken = encodeURIComponent(auth.credentials.id_token ?? "");
    expect((await client.get(`/tokeninfo?id_token=${idToken}`)).body.iss).toBe("https://accounts.google.com");
    const { body } = await client.connect();
    const headers = { authorization: `Bearer ${String(body.access_token)}` };
    const about = await callByName(agent, "https://www.googleapis.com/drive/v3/about?fields=user", {
      headers,
    });
    expect(about.status).toBe(200);
    const userinfo = await callByName(agent, "https://openidconnect.googleapis.com/v1/userinfo", { headers });
    expect(JSON.parse(userinfo.text)).toMatchObject({ email: "alice@example.com" });
  });
});

describe("TLS", () => {
  it.runIf(hasCurl)("satisfies curl with --cacert and --resolve", async () => {
    const { port, caFile } = tls;
    const { stdout, stderr } = await promisify(execFile)("curl", [
      ...["--silent", "--show-error", "--cacert", caFile],
      ...["--resolve", `www.googleapis.com:${port}:127.0.0.1`, "--write-out", "%{http_code}"],
      `https://www.googleapis.com:${port}/oauth2/v3/certs`,
    ]);
    expect(stderr).toBe("");
    expect(stdout).toContain('"kty": "RSA"');
    expect(stdout).toMatch(/200$/);
  });

  it("is refused by clients that do not trust the authority", async () => {
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => {
      connect({ port: tls.port, host: "127.0.0.1", servername: "www.googleapis.com" }).once("error", resolve);
    });
    expect(error.code).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  });

  it("keeps its authority over a restart, and says where it and the names are", async () => {
    const before = readFileSync(tls.caFile, "utf8");
    const second = await createSandbox({ library: "none", tls: { port: 0, directory } });
    await second.close();
    expect(second.tls?.caFile).toBe(join(directory, "ca.pem"));
    expect(second.tls?.hostsLine).toMatch(/^127\.0\.0\.1 accounts\.google\.com oauth2\.googleapis\.com /);
    expect(second.tls?.hostNames).toContain("*.googleapis.com");
    expect(readFileSync(tls.caFile, "utf8")).toBe(before);
  });

  it("is null where nobody asked for it", async () => {
    const plain = await createSandbox({ library: "none" });
    expect(plain.tls).toBeNull();
    await plain.close();
  });

  it("ends the whole start when its port is taken", async () => {
    const start = createSandbox({ library: "none", tls: { port: tls.port, directory } });
    await expect(start).rejects.toThrow(/EADDRINUSE/);
  });
});
