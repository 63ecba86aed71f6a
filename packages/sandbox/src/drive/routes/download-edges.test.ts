import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { get, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BytesFolder } from "../../state/bytes-folder.ts";
import { DiskKeeper } from "../../state/disk-keeper.ts";
import { Journal } from "../../state/journal.ts";
import { DriveStore } from "../store/drive-store.ts";
import { startTestDrive, type TestDrive, testToken } from "../testing/start-test-drive.ts";

const SIZE_BYTES = 2_000_003;
const BYTES = randomBytes(SIZE_BYTES);
let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

function addFile(more: object = {}) {
  return drive.store.addFile("101", { name: "a.bin", mimeType: "image/png", content: BYTES, ...more });
}

function download(
  id: string,
  { range, query = "", ...options }: { range?: string; query?: string; email?: string } = {},
) {
  const headers = range === undefined ? {} : { range };
  return drive.call(`/drive/v3/files/${id}?alt=media${query}`, { headers, ...options });
}

async function reasonOf(id: string, query = "", options = {}): Promise<unknown> {
  const { status, reason } = await drive.json(`/drive/v3/files/${id}?alt=media${query}`, options);
  return `${status} ${reason}`;
}

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

describe("a range", () => {
  it("gives the bytes that RFC 9110 says, whatever it asks for", async () => {
    const { id } = addFile();
    const bound = fc.oneof(
      fc.integer({ min: 0, max: 600_000 }),
      fc.integer({ min: SIZE_BYTES - 3, max: SIZE_BYTES + 3 }),
    );
    await fc.assert(
      fc.asyncProperty(bound, fc.option(bound), async (first, last) => {
        const answer = await download(id, { range: `bytes=${first}-${last ?? ""}` });
        const bytes = Buffer.from(await answer.arrayBuffer());
        const isIgnored = last !== null && last < first;
        expect(answer.status).toBe(isIgnored ? 200 : first >= SIZE_BYTES ? 416 : 206);
        if (answer.status !== 206) return;
        const end = Math.min((last ?? SIZE_BYTES) + 1, SIZE_BYTES);
        expect(answer.headers.get("content-range")).toBe(`bytes ${first}-${end - 1}/${SIZE_BYTES}`);
        expect(bytes.equals(BYTES.subarray(first, end))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("that begins at the size is 416 requestedRangeNotSatisfiable with the size in Content-Range", async () => {
    const answer = await drive.json(`/drive/v3/files/${addFile().id}?alt=media`, {
      headers: { range: `bytes=${SIZE_BYTES}-` },
    });
    expect(answer).toMatchObject({ status: 416, reason: "requestedRangeNotSatisfiable" });
    expect(answer.body.error.message).toBe("Request range not satisfiable");
  });

  it.each(["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=5-9"])(
    "of an empty file is 416: %s",
    async (range) => {
      const { id } = addFile({ content: new Uint8Array() });
      expect((await download(id, { range })).status).toBe(416);
      const whole = await download(id);
      expect([whole.status, whole.headers.get("content-length"), await whole.text()]).toEqual([200, "0", ""]);
    },
  );
});

describe("the head of a download", () => {
  it("has an upload id and no ETag, and says that the answer varies by origin", async () => {
    const answer = await download(addFile().id, { range: "bytes=0-9" });
    expect(answer.headers.get("x-guploader-uploadid")).toMatch(/^AB[\w-]{20,}$/);
    expect(answer.headers.get("etag")).toBeNull();
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-disposition": "attachment",
      "cache-control": expect.stringContaining("private"),
      vary: "Origin, X-Origin",
      server: "UploadServer",
    });
  });

  it("can be had without the body by HEAD", async () => {
    const { id } = addFile();
    const answer = await drive.call(`/drive/v3/files/${id}?alt=media`, { method: "HEAD" });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    expect(answer.headers.get("content-length")).toBe(String(SIZE_BYTES));
    expect((await drive.call(`/drive/v3/files/${id}`, { method: "HEAD" })).status).toBe(200);
  });

  it("never has a length that is compressed: media is not gzipped", async () => {
    const headers = { "accept-encoding": "gzip", "user-agent": "client (gzip)" };
    const answer = await drive.call(`/drive/v3/files/${addFile().id}?alt=media`, { headers });
    expect(answer.headers.get("content-encoding")).toBeNull();
    expect((await answer.arrayBuffer()).byteLength).toBe(SIZE_BYTES);
  });
});

describe("a download is refused", () => {
  it("with 403 forbidden when the token comes in the query", async () => {
    const { id } = addFile();
    const token = encodeURIComponent(testToken({}));
    const answer = await drive.json(`/drive/v3/files/${id}?alt=media&access_token=${token}`, {
      scopes: null,
    });
    expect(answer).toMatchObject({ status: 403, reason: "forbidden" });
    expect((await drive.json(`/drive/v3/files/${id}?access_token=${token}`, { scopes: null })).status).toBe(
      200,
    );
  });

  it("with fileNotDownloadable at alt for documents, folders and shortcuts", async () => {
    const native = ["document", "folder", "shortcut"].map((type) => `application/vnd.google-apps.${type}`);
    for (const mimeType of native) {
      const { id } = addFile({ mimeType, content: null });
      const { status, reason, body } = await drive.json(`/drive/v3/files/${id}?alt=media`);
      expect([status, reason, body.error.errors[0]?.location]).toEqual([403, "fileNotDownloadable", "alt"]);
    }
  });

  it("with downloadQuotaExceeded for as long as the file has been downloaded too often", async () => {
    const { id } = addFile({ downloadQuotaExceeded: true });
    expect(await reasonOf(id)).toBe("403 downloadQuotaExceeded");
    expect((await drive.json(`/drive/v3/files/${id}`)).status).toBe(200);
    drive.store.update(id, { downloadQuotaExceeded: false });
    expect((await download(id, { range: "bytes=0-9" })).status).toBe(206);
  });

  it("with cannotDownloadFile where canDownload is false", async () => {
    const { id } = addFile({ canDownload: false });
    expect(await reasonOf(id)).toBe("403 cannotDownloadFile");
    const { body } = await drive.json(`/drive/v3/files/${id}?fields=capabilities/canDownload`);
    expect(body).toEqual({ capabilities: { canDownload: false } });
  });

  it("with invalidAbuseAcknowledgment when anybody but the owner acknowledges the danger", async () => {
    const { id } = addFile({ abusive: true });
    drive.store.shareFile(id, { role: "writer", email: "bob@example.com" });
    expect(await reasonOf(id)).toBe("403 cannotDownloadAbusiveFile");
    expect(await reasonOf(id, "&acknowledgeAbuse=false")).toBe("403 cannotDownloadAbusiveFile");
    const bob = { email: "bob@example.com" };
    expect(await reasonOf(id, "&acknowledgeAbuse=true", bob)).toBe("403 invalidAbuseAcknowledgment");
    const own = await download(id, { query: "&acknowledgeAbuse=true", range: "bytes=0-9" });
    expect(own.status).toBe(206);
  });

  it("as metadata when danger is acknowledged where nothing is downloaded", async () => {
    const answer = await drive.json(`/drive/v3/files/${addFile().id}?acknowledgeAbuse=true`);
    expect(answer).toMatchObject({ status: 403, reason: "invalidAbuseAcknowledgment" });
  });
});

describe("content that changes in the middle of a download", () => {
  it("goes on as it was, while the metadata tell of the new revision", async () => {
    const [former, later] = [Buffer.alloc(8_000_000, "old"), Buffer.alloc(8_000_000, "new")];
    const { id } = addFile({ content: former });
    const fields = "version,headRevisionId,md5Checksum,size";
    const before = (await drive.json(`/drive/v3/files/${id}?fields=${fields}`)).body;
    const answer = await download(id);
    const reader = answer.body?.getReader();
    const pieces = [(await reader?.read())?.value ?? new Uint8Array()];
    drive.store.update(id, { content: later });
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read())
      pieces.push(next.value);
    expect(Buffer.concat(pieces).equals(former)).toBe(true);
    const after = (await drive.json(`/drive/v3/files/${id}?fields=${fields}`)).body;
    expect(before.md5Checksum).toBe(md5(former));
    expect(after.md5Checksum).toBe(md5(later));
    expect(after.headRevisionId).not.toBe(before.headRevisionId);
    expect(Number(after.version)).toBeGreaterThan(Number(before.version));
  });

  it("goes on as it was when it lies on disk, too", () => {
    const directory = mkdtempSync(join(tmpdir(), "sandbox-test-"));
    const journal = new Journal(join(directory, "journal"));
    const keeper = new DiskKeeper({ journal, bytes: new BytesFolder(join(directory, "bytes")) });
    const store = new DriveStore({ now: Date.now, seed: 1, keeper });
    store.addAccount(drive.alice);
    const file = store.addFile("101", { name: "a", mimeType: "image/png", content: BYTES });
    const reading = file.blob?.content.read({ start: 0, end: SIZE_BYTES })[Symbol.iterator]();
    const pieces = [reading?.next().value ?? new Uint8Array()];
    store.update(file.id, { content: Buffer.from("new") });
    for (let next = reading?.next(); next && !next.done; next = reading?.next()) pieces.push(next.value);
    expect(Buffer.concat(pieces).equals(BYTES)).toBe(true);
    expect(Buffer.from(store.contentOf(file.id) ?? []).toString()).toBe("new");
    journal.close();
    rmSync(directory, { recursive: true });
  });
});

describe("a file's digests", () => {
  it("are those of other bytes when the file was made with wrong ones, until it gets new bytes", async () => {
    const { id } = addFile({ wrongChecksum: true });
    const path = `/drive/v3/files/${id}?fields=md5Checksum,sha1Checksum,sha256Checksum,size`;
    const { body } = await drive.json(path);
    expect(body).toMatchObject({
      size: String(SIZE_BYTES),
      md5Checksum: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(body.md5Checksum).not.toBe(md5(BYTES));
    expect(body.sha256Checksum).not.toBe(createHash("sha256").update(BYTES).digest("hex"));
    drive.store.update(id, { content: Buffer.from("new") });
    expect((await drive.json(path)).body.md5Checksum).toBe(md5(Buffer.from("new")));
  });

  it("lack the SHA family for old uploads, but never the MD5", async () => {
    const { id } = addFile({ omitSha: true });
    const { body } = await drive.json(`/drive/v3/files/${id}?fields=md5Checksum,sha1Checksum,sha256Checksum`);
    expect(body).toEqual({ md5Checksum: md5(BYTES) });
  });
});

describe("metadata", () => {
  function raw(
    path: string,
    headers: Record<string, string>,
  ): Promise<{ headers: IncomingHttpHeaders; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const all = { authorization: `Bearer ${testToken({})}`, ...headers };
      get(drive.origin + path, { headers: all }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on("data", (piece) => pieces.push(piece));
        answer.on("end", () => resolve({ headers: answer.headers, body: Buffer.concat(pieces) }));
      }).on("error", reject);
    });
  }

  it("are gzipped only when Accept-Encoding and User-Agent both say gzip", async () => {
    const path = `/drive/v3/files/${addFile().id}`;
    const both = await raw(path, { "accept-encoding": "gzip", "user-agent": "my program (gzip)" });
    expect(both.headers["content-encoding"]).toBe("gzip");
    expect(JSON.parse(gunzipSync(both.body).toString())).toMatchObject({ name: "a.bin" });
    for (const headers of [{ "accept-encoding": "gzip" }, { "user-agent": "my program (gzip)" }]) {
      const plain = await raw(path, { "user-agent": "my program", ...headers } as Record<string, string>);
      expect(plain.headers["content-encoding"]).toBeUndefined();
    }
  });

  it("are nothing at all when the mask is empty", async () => {
    expect((await drive.json(`/drive/v3/files/${addFile().id}?fields=`)).body).toEqual({});
  });

  it("carry no ETag, and conditions on one are passed over", async () => {
    const path = `/drive/v3/files/${addFile().id}`;
    const answer = await drive.call(path, { headers: { "if-none-match": "*" } });
    expect([answer.status, answer.headers.get("etag")]).toEqual([200, null]);
    const change = { method: "PATCH", body: { name: "b" }, headers: { "if-match": '"x"' } };
    expect((await drive.json(path, change)).status).toBe(200);
  });
});

describe("a thumbnail link", () => {
  it.each([
    ["s220", 220, 147],
    ["s40", 40, 27],
    ["s800", 800, 533],
    ["w300", 300, 200],
    ["w300-h100", 150, 100],
    ["s90-c", 90, 60],
  ])("gives the picture in the size that its end %s says", async (end, width, height) => {
    const canvas = { create: { width: 900, height: 600, channels: 3, background: "red" } } as const;
    const { id } = addFile({ content: await sharp(canvas).jpeg().toBuffer() });
    const { body } = await drive.json(`/drive/v3/files/${id}?fields=thumbnailLink,hasThumbnail`);
    expect(body.hasThumbnail).toBe(true);
    const answer = await drive.call(String(body.thumbnailLink).replace(/=s220$/, `=${end}`));
    expect(await sharp(await answer.arrayBuffer()).metadata()).toMatchObject({ width, height });
  });

  it("with an end that is no size is 404, and so is one after four hours", async () => {
    const { body } = await drive.json(`/drive/v3/files/${addFile().id}?fields=thumbnailLink`);
    const link = String(body.thumbnailLink);
    expect((await drive.call(link.replace(/=s220$/, "=x"))).status).toBe(404);
    drive.advance(4 * 60 * 60 * 1000);
    expect((await drive.call(link)).status).toBe(404);
  });
});
