import { Agent, type IncomingHttpHeaders, request } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive, testToken } from "../testing/start-test-drive.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 4 });
let drive: TestDrive;
let fileId: string;
let session: string;

beforeAll(async () => {
  drive = await startTestDrive();
  fileId = drive.store.addFile("101", { name: "a", mimeType: "image/png", content: Buffer.alloc(1000) }).id;
  const started = await drive.call("/upload/drive/v3/files?uploadType=resumable", { method: "POST" });
  session = new URL(started.headers.get("location") ?? "").search;
});
afterAll(async () => {
  agent.destroy();
  await drive.close();
});

interface Raw {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Sends a request as it stands: nothing in the path is encoded or put right. */
function send({
  method,
  path,
  headers,
  body,
  through = agent,
}: Raw & { through?: Agent }): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(drive.origin);
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const sent = request(
      { agent: through, hostname, port, method, path, headers: { ...headers, ...length } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (piece) => (text += piece));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

const garbage = fc.oneof(
  fc.string({ maxLength: 20 }).map((text) => text.replace(/[^!-~]/g, "x").replace(/[#?]/g, "y")),
  fc.constantFrom(
    "%",
    "%zz",
    "%00",
    "%E0%A4%A",
    "..",
    "//",
    "root",
    "null",
    "constructor",
    "__proto__",
    "a/b",
    "",
  ),
);
const path = fc.oneof(
  fc.constantFrom(
    "/drive/v3/files",
    "/drive/v3/files/generateIds",
    "/drive/v3/about",
    "/drive/v3/files/ID",
    "/drive/v3/files/ID/export",
    "/drive/v3/files/ID/copy",
    "/drive/v3/files/ID/permissions",
    "/drive/v3/drives",
    "/upload/drive/v3/files",
    "/upload/drive/v3/files/ID",
    "/drive-storage/ID",
    "/feeds/download/documents/export/Export",
    "/download/drive/v3/files/ID",
    "/batch/drive/v3",
    "/drive/v3",
    "/batch",
  ),
  garbage.map((segment) => `/drive/v3/files/${segment}`),
  garbage.map((segment) => `/upload/drive/v3/files/${segment}`),
  garbage.map((segment) => `/drive-storage/${segment}=s220`),
);
const parameter = fc.tuple(
  fc.constantFrom(
    ..."q fields pageSize pageToken orderBy alt uploadType upload_id session_crd addParents removeParents mimeType count type space spaces corpora driveId supportsAllDrives includeItemsFromAllDrives acknowledgeAbuse prettyPrint access_token id qk foo".split(
      " ",
    ),
  ),
  fc.oneof(
    garbage,
    fc.constantFrom(
      "*",
      "id",
      "resumable",
      "multipart",
      "media",
      "true",
      "name",
      "1",
      "99999999999",
      "drive",
      "'root'%20in%20parents",
    ),
  ),
);
const query = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(parameter, { maxLength: 4 })
      .map((all) => all.map((each) => each.join("=")).join("&")),
  },
  { weight: 1, arbitrary: fc.constant("SESSION") },
);
const headers = fc.record(
  {
    authorization: fc.constantFrom(
      `Bearer ${testToken({})}`,
      "Bearer",
      "Basic eDp5",
      "Bearer x y",
      "",
      "x".repeat(3000),
    ),
    "content-type": fc.constantFrom(
      "application/json",
      "multipart/related; boundary=b",
      "multipart/mixed; boundary=b",
      "multipart/mixed",
      "image/png",
      "",
      ";;;",
      "application/json; charset=utf-16",
    ),
    "content-range": fc.constantFrom(
      "bytes */*",
      "bytes 0-9/10",
      "bytes 0-/",
      "x",
      "bytes 5-1/*",
      "bytes */0",
    ),
    range: fc.constantFrom(
      "bytes=0-",
      "bytes=9-1",
      "bytes=-0",
      "bytes=99999999999999999999-",
      "x",
      "bytes=0-1,5-6",
    ),
    "x-upload-content-length": fc.constantFrom("10", "-1", "x", "99999999999999999999"),
    "x-upload-content-type": fc.constantFrom("image/png", "", "application/vnd.google-apps.document"),
    "x-goog-drive-resource-keys": fc.constantFrom("a/b", "/", ",,", "x"),
    "accept-encoding": fc.constantFrom("gzip", "identity"),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.constantFrom(
    "",
    "{",
    "[]",
    "null",
    "7",
    '"x"',
    '{"name":1}',
    '{"parents":"root"}',
    '{"parents":[null]}',
    '{"properties":{"a":1}}',
    '{"id":"x"}',
    '{"mimeType":"application/vnd.google-apps.shortcut"}',
    '{"shortcutDetails":7}',
    '{"modifiedTime":"yesterday"}',
    '{"__proto__":{"x":1}}',
    '{"role":7,"type":[]}',
    "--b\r\n\r\n{}\r\n--b\r\n\r\nbytes\r\n--b--",
    "--b\r\n--b--",
    "--b",
    "--b\r\nContent-Type: application/http\r\n\r\nGET // HTTP/1.1\r\n\r\n--b--",
    "--b\r\nContent-Type: application/http\r\n\r\nGET /drive/v3/files/%zz HTTP/1.1\r\n\r\n--b--",
    "--b\r\nContent-Type: application/http\r\n\r\nPOST /drive/v3/files HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n--b--",
  ),
  fc.string({ maxLength: 40, unit: "binary" }),
);
const raw: fc.Arbitrary<Raw> = fc
  .tuple(
    fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"),
    path,
    query,
    headers,
    body,
  )
  .map(([method, where, asked, given, sent]) => ({
    method,
    path: where + (asked === "" ? "" : `?${asked}`),
    headers: { authorization: `Bearer ${testToken({})}`, ...given },
    body: method === "GET" ? "" : sent,
  }));

/** Where Drive itself answers 500 or 503, as documented beside the code. */
function mayFail({ path: asked }: Raw, status: number): boolean {
  return status === 503 ? asked.includes("upload_id") : false;
}

describe("a malformed request", () => {
  it("of any kind is refused in Drive's words and never makes the server fail", async () => {
    await fc.assert(
      fc.asyncProperty(raw, async (made) => {
        const asked = made.path.replace("ID", fileId).replace("?SESSION", session);
        const { status, headers: got, text } = await send({ ...made, path: asked });
        if (!mayFail({ ...made, path: asked }, status))
          expect([asked, Math.min(status, 499)]).toEqual([asked, status]);
        if (status < 400 || !got["content-type"]?.startsWith("application/json")) return;
        expect(JSON.parse(text).error).toMatchObject({
          code: status,
          errors: [{ reason: expect.any(String) }],
        });
      }),
      { numRuns: 1500 },
    );
    expect((await drive.json("/drive/v3/about?fields=user")).status).toBe(200);
  }, 60_000);

  it.each(["/drive/v3/files/%", "/drive/v3/files/%zz", "/upload/drive/v3/files/%E0%A4%A"])(
    "whose address %s cannot be decoded is 400 in the envelope",
    async (where) => {
      const answer = await send({ method: "GET", path: where, headers: {}, body: "" });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text).error).toMatchObject({ code: 400, errors: [{ reason: "badRequest" }] });
    },
  );

  it.each([
    ["an upload whose metadata are no JSON", "/upload/drive/v3/files?uploadType=multipart", "\r\n{"],
    [
      "an upload with a header without a name",
      "/upload/drive/v3/files?uploadType=multipart",
      ": x\r\n\r\n{}",
    ],
    ["a batch whose first call is none", "/batch/drive/v3", "\r\nno call"],
  ])("that is %s is read to its end, and the connection goes on", async (_case, where, first) => {
    const one = new Agent({ keepAlive: true, maxSockets: 1 });
    const authorization = `Bearer ${testToken({})}`;
    const type = { authorization, "content-type": "multipart/related; boundary=b" };
    const large = `--b\r\n${first}\r\n--b\r\n\r\n${"x".repeat(20_000_000)}\r\n--b--`;
    const refused = await send({ method: "POST", path: where, headers: type, body: large, through: one });
    expect(refused.status).toBe(400);
    const path = "/drive/v3/about?fields=kind";
    const next = await send({ method: "GET", path, headers: { authorization }, body: "", through: one });
    expect(next.status).toBe(200);
    one.destroy();
  });

  it("that is no call of the API, and cannot be decoded, gets a page", async () => {
    const answer = await send({ method: "GET", path: "/%zz", headers: {}, body: "" });
    expect([answer.status, answer.headers["content-type"]]).toEqual([400, "text/html; charset=utf-8"]);
  });

  it("with a body too large for metadata is refused with 400", async () => {
    const large = { name: "x".repeat(2_000_000) };
    const answer = await drive.json("/drive/v3/files", { method: "POST", body: large });
    expect(answer).toMatchObject({ status: 400, reason: "badRequest" });
  });
});
