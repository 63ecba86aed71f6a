import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type drive_v3, drive as googleDrive } from "@googleapis/drive";
import { OAuth2Client } from "google-auth-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FOLDER_MIME } from "./file.ts";
import { startTestDrive, type TestDrive, testToken } from "./testing/start-test-drive.ts";

const LARGE_BYTES = 20 * 1024 * 1024 + 17;
let sandbox: TestDrive;
let drive: drive_v3.Drive;
let auth: OAuth2Client;
let rootUrl: string;

beforeAll(async () => {
  sandbox = await startTestDrive();
  rootUrl = `${sandbox.origin}/`;
  auth = new OAuth2Client();
  auth.setCredentials({ access_token: testToken({}), expiry_date: Date.now() + 3_600_000 });
  drive = googleDrive({ version: "v3", auth, rootUrl });
});
afterAll(() => sandbox.close());

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

describe("Google's own client", () => {
  it("walks through a folder page by page", async () => {
    const folder = await drive.files.create({
      requestBody: { name: "holiday", mimeType: FOLDER_MIME },
      fields: "id",
    });
    const folderId = folder.data.id ?? "";
    const content = new Uint8Array();
    for (let n = 0; n < 25; n += 1) {
      sandbox.store.addFile("101", { name: `${n}.jpg`, mimeType: "image/jpeg", content, parentId: folderId });
    }
    const names: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await drive.files.list({
        q: `'${folderId}' in parents and mimeType contains 'image/' and trashed = false`,
        fields: "nextPageToken,files(id,name,size)",
        orderBy: "name_natural",
        pageSize: 10,
        supportsAllDrives: true,
        includeItemsFromAllDrives: true,
        ...(pageToken && { pageToken }),
      });
      names.push(...(page.data.files ?? []).map((file) => file.name ?? ""));
      pageToken = page.data.nextPageToken ?? undefined;
    } while (pageToken);
    expect(names).toEqual(Array.from({ length: 25 }, (_, n) => `${n}.jpg`));
  });

  it("uploads by one multipart request and downloads by ranges", async () => {
    const bytes = randomBytes(LARGE_BYTES);
    const media = {
      mimeType: "image/tiff",
      body: Readable.from([bytes.subarray(0, 100), bytes.subarray(100)]),
    };
    const params = { requestBody: { name: "large.tif" }, media, fields: "id,size,md5Checksum,mimeType" };
    const { data } = await drive.files.create(params, { rootUrl });
    expect(data).toMatchObject({
      size: String(LARGE_BYTES),
      md5Checksum: md5(bytes),
      mimeType: "image/tiff",
    });
    const get = async (range?: string) => {
      const options = { responseType: "stream", ...(range && { headers: { Range: range } }) } as const;
      const response = await drive.files.get({ fileId: data.id ?? "", alt: "media" }, options);
      return { status: response.status, bytes: await buffer(response.data) };
    };
    expect((await get()).bytes.equals(bytes)).toBe(true);
    const part = await get("bytes=1000000-1999999");
    expect(part.status).toBe(206);
    expect(part.bytes.equals(bytes.subarray(1_000_000, 2_000_000))).toBe(true);
  });

  it("uploads in chunks by the resumable protocol", async () => {
    const bytes = randomBytes(LARGE_BYTES);
    const start = await auth.request({
      url: `${rootUrl}upload/drive/v3/files?uploadType=resumable&fields=id,md5Checksum`,
      method: "POST",
      data: { name: "chunked.bin" },
      headers: { "X-Upload-Content-Type": "image/png", "X-Upload-Content-Length": String(bytes.byteLength) },
    });
    const session = start.headers.get("location") ?? "";
    let held = 0;
    let last: unknown;
    while (held < bytes.byteLength) {
      const chunk = bytes.subarray(held, held + 8 * 1024 * 1024);
      const response = await auth.request({
        url: session,
        method: "PUT",
        body: chunk,
        headers: { "Content-Range": `bytes ${held}-${held + chunk.byteLength - 1}/${bytes.byteLength}` },
        validateStatus: (status) => status === 200 || status === 308,
        redirect: "manual",
      });
      last = response.data;
      held =
        response.status === 200 ? bytes.byteLength : Number(response.headers.get("range")?.split("-")[1]) + 1;
    }
    expect(last).toMatchObject({ md5Checksum: md5(bytes) });
  });

  it("makes a file once under an id reserved beforehand", async () => {
    const { data } = await drive.files.generateIds({ count: 2, space: "drive", type: "files" });
    const create = () => drive.files.create({ requestBody: { id: data.ids?.[0] ?? "", name: "once" } });
    expect((await create()).data.name).toBe("once");
    await expect(create()).rejects.toMatchObject({
      status: 409,
      response: { data: { error: { code: 409 } } },
    });
  });

  it("exports, renames, replaces, trashes and deletes", async () => {
    const document = sandbox.store.addFile("101", {
      name: "Plan",
      mimeType: "application/vnd.google-apps.document",
      content: null,
      exports: { "application/pdf": Buffer.from("%PDF") },
    });
    const pdf = { fileId: document.id, mimeType: "application/pdf" };
    const exported = await drive.files.export(pdf, { responseType: "arraybuffer" });
    expect(Buffer.from(exported.data as ArrayBuffer).toString()).toBe("%PDF");
    const media = { mimeType: "text/plain", body: "first" };
    const { data } = await drive.files.create(
      { requestBody: { name: "a" }, media, fields: "id" },
      { rootUrl },
    );
    const fileId = data.id ?? "";
    const renamed = await drive.files.update({
      fileId,
      requestBody: { name: "b", trashed: true },
      fields: "name,trashed",
    });
    expect(renamed.data).toEqual({ name: "b", trashed: true });
    await drive.files.update({ fileId, media: { mimeType: "text/plain", body: "second" } }, { rootUrl });
    expect(Buffer.from(sandbox.store.contentOf(fileId) ?? []).toString()).toBe("second");
    expect((await drive.files.delete({ fileId })).status).toBe(204);
    await expect(drive.files.get({ fileId })).rejects.toMatchObject({ status: 404 });
  });

  it("reads who the user is and how much is stored", async () => {
    const { data } = await drive.about.get({ fields: "user,storageQuota" });
    expect(data.user?.emailAddress).toBe("alice@example.com");
    expect(Number(data.storageQuota?.usage)).toBeGreaterThan(0);
  });
});
