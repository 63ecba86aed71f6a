import { afterAll, beforeAll, describe, expect, it } from "vitest";
import sharp from "sharp";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

let drive: TestDrive;
const LARGE = Buffer.alloc(3_000_001, "0123456789abcdef!");

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

function addFile(more: object = {}) {
  return drive.store.addFile("101", { name: "a.jpg", mimeType: "image/jpeg", content: LARGE, ...more });
}

const download = (id: string, range?: string) =>
  drive.call(`/drive/v3/files/${id}?alt=media`, { headers: range === undefined ? {} : { range } });

describe("a download", () => {
  it("gives all bytes with type, length and disposition", async () => {
    const answer = await download(addFile().id);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "content-length": String(LARGE.byteLength),
      "content-disposition": "attachment",
    });
    expect(Buffer.from(await answer.arrayBuffer()).equals(LARGE)).toBe(true);
    const report = drive.requests.since(0).find(({ kind }) => kind === "files.get.media");
    expect(report).toMatchObject({ status: 200, bytesOut: LARGE.byteLength });
  });

  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=10-19", 10, 20],
    ["bytes=1000000-", 1_000_000, LARGE.byteLength],
    ["bytes=3000000-9999999", 3_000_000, LARGE.byteLength],
    ["bytes=-5", LARGE.byteLength - 5, LARGE.byteLength],
    ["bytes=262143-800000", 262_143, 800_001],
  ])("of %s gives that part with 206", async (range, start, end) => {
    const answer = await download(addFile().id, range);
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/${LARGE.byteLength}`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(LARGE.subarray(start, end))).toBe(true);
  });

  it.each(["bytes=5-2", "items=0-1", "bytes=0-1,4-5", "bytes=x"])("ignores the range %s", async (range) => {
    expect((await download(addFile().id, range)).status).toBe(200);
  });

  it("of a range behind the end is 416, and so is any range of an empty file", async () => {
    const answer = await download(addFile().id, `bytes=${LARGE.byteLength}-`);
    expect(answer.status).toBe(416);
    expect(answer.headers.get("content-range")).toBe(`bytes */${LARGE.byteLength}`);
    const empty = addFile({ content: new Uint8Array() });
    expect((await download(empty.id, "bytes=0-")).status).toBe(416);
    expect(await (await download(empty.id)).text()).toBe("");
  });

  it("is refused with the reason why", async () => {
    const reasonOf = async (id: string, more = "") =>
      (await drive.json(`/drive/v3/files/${id}?alt=media${more}`)).reason;
    const document = addFile({ mimeType: "application/vnd.google-apps.document", content: null });
    expect(await reasonOf(document.id)).toBe("fileNotDownloadable");
    expect(await reasonOf(drive.store.addFolder("101", { name: "f" }).id)).toBe("fileNotDownloadable");
    expect(await reasonOf(addFile({ canDownload: false }).id)).toBe("cannotDownloadFile");
    const abusive = addFile({ abusive: true });
    expect(await reasonOf(abusive.id)).toBe("cannotDownloadAbusiveFile");
    const acknowledged = await drive.call(`/drive/v3/files/${abusive.id}?alt=media&acknowledgeAbuse=true`);
    expect(acknowledged.status).toBe(200);
    await acknowledged.body?.cancel();
  });
});

describe("an export", () => {
  it("gives a Docs editors file in a format that it has", async () => {
    const mimeType = "application/vnd.google-apps.drawing";
    const large = Buffer.alloc(10 * 1024 * 1024 + 1);
    const exports = { "image/png": Buffer.from("png"), "application/pdf": large };
    const drawing = addFile({ mimeType, content: null, exports });
    const path = `/drive/v3/files/${drawing.id}/export`;
    const answer = await drive.call(`${path}?mimeType=image/png`);
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      "image/png",
      "png",
    ]);
    expect(await drive.json(path)).toMatchObject({ status: 400, reason: "required" });
    expect(await drive.json(`${path}?mimeType=text/csv`)).toMatchObject({
      status: 400,
      reason: "badRequest",
    });
    expect(await drive.json(`${path}?mimeType=application/pdf`)).toMatchObject({
      status: 403,
      reason: "exportSizeLimitExceeded",
    });
    const plain = await drive.json(`/drive/v3/files/${addFile().id}/export?mimeType=image/png`);
    expect(plain).toMatchObject({ status: 403, reason: "fileNotExportable" });
    const links = (await drive.json(`/drive/v3/files/${drawing.id}?fields=exportLinks`)).body.exportLinks;
    const link = (links as Record<string, string>)["application/pdf"] ?? "";
    expect((await (await drive.call(link)).arrayBuffer()).byteLength).toBe(large.byteLength);
  });
});

describe("a thumbnail", () => {
  const linkOf = async (id: string, scopes = ["drive"]) =>
    (await drive.json(`/drive/v3/files/${id}?fields=thumbnailLink`, { scopes })).body.thumbnailLink as
      | string
      | undefined;

  it("is a small picture in the size asked for, for those with a token, for some hours", async () => {
    const content = await sharp({ create: { width: 900, height: 600, channels: 3, background: "red" } })
      .jpeg()
      .toBuffer();
    const link = (await linkOf(addFile({ content }).id)) ?? "";
    expect(link).toMatch(/=s220$/);
    const answer = await drive.call(link.replace(/=s220$/, "=s90"));
    expect(await sharp(await answer.arrayBuffer()).metadata()).toMatchObject({ width: 90, height: 60 });
    expect((await drive.call(link, { scopes: null })).status).toBe(403);
    expect((await drive.call(link, { email: "bob@example.com" })).status).toBe(404);
    drive.advance(5 * 60 * 60 * 1000);
    expect((await drive.call(link)).status).toBe(404);
  });

  it("is not there for what is no picture, and not offered to those without the right to its bytes", async () => {
    expect(await linkOf(addFile({ mimeType: "text/plain" }).id)).toBeUndefined();
    const broken = addFile({ content: Buffer.from("no picture") });
    expect((await drive.call((await linkOf(broken.id)) ?? "")).status).toBe(404);
    expect(await linkOf(broken.id, ["drive.metadata.readonly"])).toBeUndefined();
  });
});
