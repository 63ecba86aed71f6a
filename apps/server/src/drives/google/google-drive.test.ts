import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { approveConsent, createSandbox, type Sandbox } from "@driveway/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../platform/index.ts";
import { type Fate, type FaultProxy, startFaultProxy } from "../../testing/start-fault-proxy.ts";
import { type Drive, DriveError, type Upload } from "../drive.ts";
import type { Credential, DriveProvider } from "../provider.ts";
import { createGoogleDrive } from "./create-google-drive.ts";

const SCOPES = ["drive.file", "drive.readonly"].map((name) => `https://www.googleapis.com/auth/${name}`);
const REDIRECT_URI = "http://localhost:9/callback?kept=1";
const PASS: Fate = { kind: "pass" };

let sandbox: Sandbox;
let proxy: FaultProxy;
let google: DriveProvider;
let alice: string;
let token: string;
let decide: (request: { method: string; path: string }) => Fate = () => PASS;

const credential: Credential = {
  current: async () => ({ accessToken: token, version: 1 }),
  renew: async () => ({ accessToken: token, version: 2 }),
  giveUp: async () => {},
};

async function connect(provider: DriveProvider, answer: { email?: string; untick?: string[] } = {}) {
  const codeVerifier = randomBytes(32).toString("base64url");
  const address = { state: "a state", codeVerifier, redirectUri: REDIRECT_URI };
  const authorizationUrl = await provider.oauth.authorizationUrl(address);
  const back = await approveConsent({ authorizationUrl, ...answer });
  return { code: back.searchParams.get("code") ?? "", codeVerifier, redirectUri: REDIRECT_URI };
}

function providerAt(
  apiRoot: string,
  changes: { issuer?: string; clientSecret?: string } = {},
): DriveProvider {
  const { clientId, clientSecret, issuer } = sandbox;
  return createGoogleDrive({
    clientId,
    clientSecret,
    issuer,
    scopes: SCOPES,
    apiRoot,
    apiKey: "",
    appId: "",
    clock: systemClock,
    idleTimeoutMs: 2_000,
    ...changes,
  });
}

const account = { oauthClientId: "a client", providerUserId: "alice" };
const pace = () => google.paceOf(account);
const drive = (): Drive => google.openDrive(credential, { pace: pace() });

function addFile(name: string, content: Uint8Array | null, more: object = {}) {
  return sandbox.drive.addFile(alice, { name, mimeType: "image/png", content, ...more });
}

async function uploadOf(content: Buffer): Promise<Upload> {
  const [id = ""] = await drive().reserveIds(1);
  return {
    id,
    name: "Ünï 'quoted'.png",
    mimeType: "image/png",
    parentId: null,
    sizeBytes: content.length,
    open: async (fromByte) => Readable.from([content.subarray(fromByte)], { objectMode: false }),
    properties: { driveway_image: "img_1" },
    description: "A picture",
    createdAt: new Date("2020-02-03T04:05:06Z"),
  };
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

beforeAll(async () => {
  sandbox = await createSandbox({ library: "none" });
  alice = sandbox.accounts[0]?.sub ?? "";
  proxy = await startFaultProxy({ target: sandbox.apiRoot, decide: (request) => decide(request) });
  google = providerAt(proxy.origin);
  const { tokens } = await google.oauth.exchangeCode(await connect(google));
  token = tokens.accessToken;
});

afterEach(() => {
  decide = () => PASS;
});

afterAll(async () => {
  await google.close();
  await proxy.close();
  await sandbox.close();
});

describe("OAuth", () => {
  it("tells who granted what, with a redirect URI kept to the letter", async () => {
    const { identity, tokens } = await google.oauth.exchangeCode(await connect(google));
    expect(identity).toEqual({ userId: alice, email: "alice@example.com", displayName: "Alice Example" });
    expect(google.oauth.coversDriveScopes(tokens.grantedScopes)).toBe(true);
    expect(tokens.refreshToken).toMatch(/^1\/\/0/);
    expect(tokens.accessTokenExpiresAt.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
  });

  it("sees that a Drive scope was not granted", async () => {
    const answer = { email: "bob@example.com", untick: ["drive.readonly"] };
    const { tokens } = await google.oauth.exchangeCode(await connect(google, answer));
    expect(google.oauth.coversDriveScopes(tokens.grantedScopes)).toBe(false);
  });

  it("says sign_in_again for a code that was used, or comes with another verifier", async () => {
    const used = await connect(google);
    await google.oauth.exchangeCode(used);
    await expect(google.oauth.exchangeCode(used)).rejects.toMatchObject({ kind: "sign_in_again" });
    const other = { ...(await connect(google)), codeVerifier: "x".repeat(43) };
    await expect(google.oauth.exchangeCode(other)).rejects.toMatchObject({ kind: "sign_in_again" });
  });

  it("says that our client is refused for a wrong secret, which no user can mend", async () => {
    const wrong = providerAt(proxy.origin, { clientSecret: "wrong" });
    await expect(wrong.oauth.refresh("1//0x")).rejects.toMatchObject({
      kind: "app_refused",
      reason: "invalid_client",
    });
  });

  it("refreshes, and revokes once and again", async () => {
    const { tokens } = await google.oauth.exchangeCode(await connect(google));
    const refreshToken = tokens.refreshToken ?? "";
    const renewed = await google.oauth.refresh(refreshToken);
    expect(renewed.refreshToken).toBeNull();
    expect(renewed.accessToken).not.toBe(tokens.accessToken);
    await google.oauth.revoke(refreshToken);
    await google.oauth.revoke(refreshToken, AbortSignal.timeout(5_000));
    await expect(google.oauth.refresh(refreshToken)).rejects.toMatchObject({ kind: "sign_in_again" });
    const back = await google.oauth.exchangeCode(await connect(google));
    token = back.tokens.accessToken;
  });

  it("takes silence and faults for passing ones, and finds the issuer when it is back", async () => {
    let answers = false;
    const issuer = await startFaultProxy({
      target: sandbox.issuer,
      decide: () => (answers ? { kind: "answer", status: 503 } : { kind: "reset" }),
    });
    const provider = providerAt(proxy.origin, { issuer: issuer.origin });
    await expect(provider.oauth.issuer()).rejects.toMatchObject({ kind: "try_later", reason: "network" });
    answers = true;
    await expect(provider.oauth.refresh("1//0x")).rejects.toMatchObject({
      kind: "try_later",
      reason: "http_503",
    });
    await issuer.close();
  });
});

describe("getFiles", () => {
  it("describes one file by one call and several by one batch, in the order asked", async () => {
    const content = randomBytes(1000);
    const first = addFile("first.png", content, { description: "words" });
    const second = sandbox.drive.addFolder(alice, { name: "folder" });
    const mark = sandbox.requests.mark();
    const [one] = await drive().getFiles([first]);
    expect(one).toMatchObject({
      ok: true,
      file: {
        id: first.id,
        name: "first.png",
        kind: "blob",
        sizeBytes: 1000,
        sha256: sha256(content),
        trashed: false,
        canDownload: true,
        description: "words",
      },
    });
    const many = await drive().getFiles([second, { id: "nowhere" }, first]);
    expect(many.map((answer) => (answer.ok ? answer.file.kind : answer.error.kind))).toEqual([
      "folder",
      "gone",
      "blob",
    ]);
    expect(sandbox.requests.since(mark).filter((entry) => entry.kind === "batch")).toHaveLength(1);
    expect(await drive().getFiles([])).toEqual([]);
    expect((await drive().getFiles([{ id: "nowhere" }]))[0]).toMatchObject({
      ok: false,
      error: { kind: "gone" },
    });
  });
});

describe("openFile", () => {
  it("opens the bytes, and the rest of them from an offset", async () => {
    const content = randomBytes(300_000);
    const { id } = addFile("a.png", content);
    const whole = await drive().openFile({ file: { id } });
    expect(whole).toMatchObject({ sizeBytes: 300_000, mediaType: "image/png" });
    expect((await buffer(whole.stream)).equals(content)).toBe(true);
    const rest = await drive().openFile({ file: { id }, fromByte: 299_000 });
    expect(rest.sizeBytes).toBe(1000);
    expect((await buffer(rest.stream)).equals(content.subarray(299_000))).toBe(true);
  });

  it("exports a native document", async () => {
    const png = randomBytes(500);
    const mimeType = "application/vnd.google-apps.drawing";
    const { id } = addFile("drawing", null, { mimeType, exports: { "image/png": png } });
    const opened = await drive().openFile({ file: { id }, exportAs: "image/png" });
    expect((await buffer(opened.stream)).equals(png)).toBe(true);
  });

  it("throws before the first byte what the refusal means", async () => {
    const { id } = addFile("locked.png", randomBytes(5), { canDownload: false });
    await expect(drive().openFile({ file: { id } })).rejects.toMatchObject({ kind: "not_allowed" });
    await expect(drive().openFile({ file: { id: "nowhere" } })).rejects.toMatchObject({ kind: "gone" });
  });

  it("ends the stream with try_later when the connection breaks in the middle", async () => {
    const { id } = addFile("cut.png", randomBytes(500_000));
    decide = () => ({ kind: "cut", afterBytes: 100_000 });
    const opened = await drive().openFile({ file: { id } });
    await expect(buffer(opened.stream)).rejects.toMatchObject({ kind: "try_later" });
  });

  it("keeps a break for the reader that comes later", async () => {
    const { id } = addFile("broken", randomBytes(400_000));
    decide = () => ({ kind: "cut", afterBytes: 100_000 });
    const { stream } = await drive().openFile({ file: { id } });
    await expect.poll(() => stream.destroyed).toBe(true);
    await expect(buffer(stream)).rejects.toMatchObject({ kind: "try_later" });
  });

  it("ends the stream with the signal's reason when it is aborted", async () => {
    const { id } = addFile("aborted.png", randomBytes(3_000_000));
    const abort = new AbortController();
    const opened = await drive().openFile({ file: { id } }, abort.signal);
    abort.abort(new Error("enough"));
    await expect(buffer(opened.stream)).rejects.toThrow("enough");
  });

  it("does not take a web page for the file, nor follow a redirect to a stranger", async () => {
    const interactive = google.openDrive(credential, { pace: pace(), work: { kind: "interactive" } });
    decide = () => ({
      kind: "answer",
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<html>",
    });
    await expect(interactive.openFile({ file: { id: "x" } })).rejects.toMatchObject({
      reason: "html_answer",
    });
    decide = () => ({ kind: "answer", status: 302, headers: { location: "http://192.0.2.1/secret" } });
    await expect(interactive.openFile({ file: { id: "x" } })).rejects.toMatchObject({ reason: "redirect" });
  });

  it("follows a redirect to a trusted host without the token", async () => {
    let authorization: string | undefined = "not asked";
    const host = await startFaultProxy({
      target: sandbox.apiRoot,
      decide: ({ headers }) => {
        authorization = headers.authorization;
        return { kind: "answer", status: 200, headers: { "content-type": "image/png" }, body: "bytes" };
      },
    });
    decide = () => ({ kind: "answer", status: 302, headers: { location: `${host.origin}/signed` } });
    const opened = await drive().openFile({ file: { id: "x" } });
    expect((await buffer(opened.stream)).toString()).toBe("bytes");
    expect(authorization).toBeUndefined();
    await host.close();
  });
});

describe("createFolder", () => {
  it("makes a folder under its reserved id, and says exists the second time", async () => {
    const [id = ""] = await drive().reserveIds(1);
    const folder = { id, name: "Export", parentId: null };
    expect(await drive().createFolder(folder)).toMatchObject({ id, kind: "folder", name: "Export" });
    await expect(drive().createFolder(folder)).rejects.toMatchObject({ kind: "exists" });
    await expect(drive().createFolder({ ...folder, parentId: "nowhere" })).rejects.toBeInstanceOf(DriveError);
  });
});

describe("upload", () => {
  it.each([0, 1, 5 * 1024 * 1024, 5 * 1024 * 1024 + 1, 20_000_003])("uploads %i bytes", async (sizeBytes) => {
    const content = randomBytes(sizeBytes);
    const wanted = await uploadOf(content);
    const file = await drive().upload(wanted);
    expect(file).toMatchObject({ id: wanted.id, name: wanted.name, sizeBytes, sha256: sha256(content) });
    expect(sha256(sandbox.drive.contentOf(wanted.id) ?? Buffer.alloc(1))).toBe(sha256(content));
    await expect(drive().upload(wanted)).rejects.toMatchObject({ kind: "exists" });
  });

  it("says exists when only the answer was lost", async () => {
    const wanted = await uploadOf(randomBytes(1000));
    let lost = false;
    decide = ({ method }) => {
      if (lost || method !== "POST") return PASS;
      lost = true;
      return { kind: "reset", afterwards: true };
    };
    await expect(drive().upload(wanted)).rejects.toMatchObject({ kind: "exists" });
    expect(sandbox.drive.get(wanted.id)).toBeDefined();
  });

  it("goes on where a resumable upload broke off, and finds a finished one whose answer was lost", async () => {
    const content = randomBytes(20_000_003);
    const wanted = await uploadOf(content);
    const offsets: number[] = [];
    const open = (fromByte: number) => {
      offsets.push(fromByte);
      return wanted.open(fromByte);
    };
    let puts = 0;
    decide = ({ method }) => {
      puts += method === "PUT" ? 1 : 0;
      if (method !== "PUT" || (puts !== 2 && puts !== 5)) return PASS;
      return { kind: "reset", afterwards: puts === 5 };
    };
    expect(await drive().upload({ ...wanted, open })).toMatchObject({ sha256: sha256(content) });
    expect(offsets).toEqual([0, 8_388_608, 8_388_608, 16_777_216]);
  });

  it("begins again when the session is lost", async () => {
    const content = randomBytes(6_000_000);
    const wanted = await uploadOf(content);
    let puts = 0;
    decide = ({ method }) => {
      puts += method === "PUT" ? 1 : 0;
      return method === "PUT" && puts === 1 ? { kind: "answer", status: 404 } : PASS;
    };
    expect(await drive().upload(wanted)).toMatchObject({ sha256: sha256(content) });
  });

  it("ends with the signal's reason when it is aborted", async () => {
    const wanted = await uploadOf(randomBytes(6_000_000));
    const abort = new AbortController();
    decide = ({ method }) => {
      if (method === "PUT") abort.abort(new Error("enough"));
      return PASS;
    };
    await expect(drive().upload(wanted, abort.signal)).rejects.toThrow("enough");
  });
});

describe("look", () => {
  it("gives Google's own answer", async () => {
    const { id } = addFile("look.png", randomBytes(10));
    const params = { fields: "id,name,size" };
    expect(await drive().look({ kind: "get", fileId: id, params })).toEqual({
      id,
      name: "look.png",
      size: "10",
    });
    const list = { q: "name = 'look.png'", fields: "files(id)", pageSize: "5" };
    expect(await drive().look({ kind: "list", params: list })).toEqual({ files: [{ id }] });
    const about = await drive().look({ kind: "about", params: { fields: "user(emailAddress)" } });
    expect(about).toEqual({ user: { emailAddress: "alice@example.com" } });
  });

  it("gives an export as base64", async () => {
    const exports = { "text/plain": Buffer.from("hello") };
    const { id } = addFile("doc", null, { mimeType: "application/vnd.google-apps.document", exports });
    const look = { kind: "export", fileId: id, mimeType: "text/plain" } as const;
    expect(await drive().look(look)).toEqual({
      mime_type: "text/plain",
      encoding: "base64",
      content: Buffer.from("hello").toString("base64"),
    });
  });

  it("says refused for parameters that Google does not take", async () => {
    await expect(drive().look({ kind: "about", params: { fields: "nothing" } })).rejects.toMatchObject({
      kind: "refused",
    });
    await expect(drive().look({ kind: "list", params: { q: "((" } })).rejects.toMatchObject({
      kind: "refused",
    });
  });

  it("says try_later and timed out when there is no answer", async () => {
    const interactive = google.openDrive(credential, { pace: pace(), work: { kind: "interactive" } });
    decide = () => ({ kind: "reset" });
    await expect(interactive.look({ kind: "about", params: {} })).rejects.toMatchObject({
      kind: "try_later",
      reason: "network",
      timedOut: false,
    });
  });
});
