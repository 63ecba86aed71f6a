import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalIn, refusalOf } from "./refusal-of.ts";
import { startTarget, type Target } from "./start-target.ts";

const LARGE_BYTES = 20 * 1024 * 1024 + 17;
const bytes = randomBytes(LARGE_BYTES);
let target: Target;
let fileId: string;
let emptyId: string;

beforeAll(async () => {
  target = await startTarget();
  const parents = [target.folderId];
  const media = {
    mimeType: "image/tiff",
    body: Readable.from([bytes.subarray(0, 100), bytes.subarray(100)]),
  };
  const requestBody = { name: "large.tif", parents };
  const large = await target.drive.files.create(
    { requestBody, media, fields: "id" },
    { rootUrl: target.rootUrl },
  );
  fileId = large.data.id ?? "";
  const empty = await target.drive.files.create({ requestBody: { name: "empty", parents }, fields: "id" });
  emptyId = empty.data.id ?? "";
}, 120_000);
afterAll(() => target.stop());

const hash = (algorithm: string, of: Uint8Array = bytes) => createHash(algorithm).update(of).digest("hex");

function media(of: string, range?: string): Promise<Response> {
  return target.fetch(`drive/v3/files/${of}?alt=media`, range === undefined ? {} : { headers: { range } });
}

describe("an upload by one multipart request of more than 20 MB", () => {
  it("has the size, the type and all three checksums of what was sent", async () => {
    const fields = "size,mimeType,md5Checksum,sha1Checksum,sha256Checksum";
    expect((await target.drive.files.get({ fileId, fields })).data).toEqual({
      size: String(LARGE_BYTES),
      mimeType: "image/tiff",
      md5Checksum: hash("md5"),
      sha1Checksum: hash("sha1"),
      sha256Checksum: hash("sha256"),
    });
  });

  it("is replaced by an update, as a new revision under the same id", async () => {
    const replaced = { mimeType: "text/plain", body: "first" };
    const parents = [target.folderId];
    const { data } = await target.drive.files.create(
      { requestBody: { name: "revised", parents }, media: replaced, fields: "id,headRevisionId" },
      { rootUrl: target.rootUrl },
    );
    const update = { fileId: data.id ?? "", media: { mimeType: "text/plain", body: "second" } };
    const fields = "id,headRevisionId,md5Checksum";
    const changed = await target.drive.files.update({ ...update, fields }, { rootUrl: target.rootUrl });
    expect(changed.data).toMatchObject({ id: data.id, md5Checksum: hash("md5", Buffer.from("second")) });
    expect(changed.data.headRevisionId).not.toBe(data.headRevisionId);
  });
});

describe("a download", () => {
  it("streams the bytes that were sent", async () => {
    const response = await target.drive.files.get({ fileId, alt: "media" }, { responseType: "stream" });
    const received = await buffer(response.data);
    expect(hash("sha256", received)).toBe(hash("sha256"));
  });

  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=1000000-1999999", 1_000_000, 2_000_000],
    [`bytes=${LARGE_BYTES - 10}-`, LARGE_BYTES - 10, LARGE_BYTES],
    [`bytes=${LARGE_BYTES - 10}-${LARGE_BYTES + 10}`, LARGE_BYTES - 10, LARGE_BYTES],
  ])("answers %s with 206 and these bytes", async (range, start, end) => {
    const response = await media(fileId, range);
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/${LARGE_BYTES}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(start, end))).toBe(true);
  });

  it("answers a range that starts at the end with 416", async () => {
    expect((await media(fileId, `bytes=${LARGE_BYTES}-`)).status).toBe(416);
  });

  it("of an empty file is 200 without a range and 416 with any", async () => {
    const whole = await media(emptyId);
    expect([whole.status, (await whole.arrayBuffer()).byteLength]).toEqual([200, 0]);
    expect((await media(emptyId, "bytes=0-")).status).toBe(416);
  });

  it("of a folder is refused, because it has no bytes", async () => {
    const refused = await refusalIn(await media(target.folderId));
    expect(refused).toMatchObject({ status: 403, reason: "fileNotDownloadable" });
  });

  it("needs the token in its header", async () => {
    const { token } = await target.auth.getAccessToken();
    const path = `drive/v3/files/${fileId}?alt=media&access_token=${token ?? ""}`;
    const response = await target.fetch(path, { headers: { authorization: "" } });
    await response.arrayBuffer();
    expect(response.status).toBeGreaterThanOrEqual(400);
  });

  it("of a file that is not there is 404", async () => {
    const missing = `1${"x".repeat(32)}`;
    const refused = await refusalOf(target.drive.files.get({ fileId: missing, alt: "media" }));
    expect(refused.status).toBe(404);
  });
});

describe("a Google document", () => {
  it("has no bytes, but exports", async () => {
    const requestBody = {
      name: "Letter",
      mimeType: "application/vnd.google-apps.document",
      parents: [target.folderId],
    };
    const { data } = await target.drive.files.create({ requestBody, fields: "id,md5Checksum,exportLinks" });
    expect(data.md5Checksum).toBeUndefined();
    expect(Object.keys(data.exportLinks ?? {})).toContain("application/pdf");
    const id = data.id ?? "";
    expect(await refusalIn(await media(id))).toMatchObject({ status: 403, reason: "fileNotDownloadable" });
    const pdf = await target.fetch(`drive/v3/files/${id}/export?mimeType=application/pdf`);
    expect(pdf.headers.get("content-type")).toContain("application/pdf");
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe("%PDF-");
  });

  it("alone can be exported, and only to a type that is named", async () => {
    const text = await refusalIn(await target.fetch(`drive/v3/files/${fileId}/export?mimeType=text/plain`));
    expect(text).toMatchObject({ status: 403, reason: "fileNotExportable" });
    const untold = await refusalIn(await target.fetch(`drive/v3/files/${fileId}/export`));
    expect(untold).toMatchObject({ status: 400, reason: "required" });
  });
});
