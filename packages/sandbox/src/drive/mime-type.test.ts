import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "./testing/start-test-drive.ts";

const UPLOAD = "/upload/drive/v3/files?fields=id,mimeType&uploadType=";
const WRONG = [
  "",
  "image",
  "image/",
  "/png",
  "a/b/c",
  "image/png\r\nX: 1",
  "image/☃",
  "imäge/ü",
  " image/png",
];
let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

function add(mimeType: string, more: object = {}) {
  return drive.store.addFile("101", { name: "a", mimeType, content: Buffer.from("x"), ...more });
}

describe("a MIME type", () => {
  it.each([...WRONG, "text/plain; charset=utf-8", `a/${"b".repeat(128)}`])(
    "is not %j: files are neither made with it, nor copied, nor given it",
    async (mimeType) => {
      const { id } = add("image/png");
      const refused = {
        status: 400,
        reason: "invalid",
        body: { error: { errors: [{ location: "mimeType" }] } },
      };
      const post = { method: "POST", body: { mimeType } };
      expect(await drive.json("/drive/v3/files", post)).toMatchObject(refused);
      expect(await drive.json(`/drive/v3/files/${id}/copy`, post)).toMatchObject(refused);
      expect(await drive.json(`${UPLOAD}resumable`, post)).toMatchObject(refused);
      const patch = { method: "PATCH", body: { mimeType } };
      expect(await drive.json(`/drive/v3/files/${id}`, patch)).toMatchObject(refused);
      expect((await drive.call(`/drive/v3/files/${id}?alt=media`)).headers.get("content-type")).toBe(
        "image/png",
      );
      expect(() => add(mimeType)).toThrow(new RangeError(`mimeType: not a MIME type: ${mimeType}`));
      expect(() => add("text/plain", { exports: { [mimeType]: Buffer.from("x") } })).toThrow(RangeError);
    },
  );

  it.each(["a/b", "image/svg+xml", "application/vnd.google-apps.folder", "x-!#$%&'*+.^_`|~/1"])(
    "is %s",
    async (mimeType) => {
      const { status, body } = await drive.json("/drive/v3/files", { method: "POST", body: { mimeType } });
      expect([status, body.mimeType]).toEqual([200, mimeType]);
    },
  );

  it("of uploaded bytes is taken without its parameters, whatever the kind of upload", async () => {
    const type = "text/plain; charset=utf-8";
    const media = await drive.call(`${UPLOAD}media`, {
      method: "POST",
      headers: { "content-type": type },
      body: "x",
    });
    const multipart = await drive.call(`${UPLOAD}multipart`, {
      method: "POST",
      headers: { "content-type": "multipart/related; boundary=b" },
      body: `--b\r\n\r\n{}\r\n--b\r\nContent-Type: ${type}\r\n\r\nx\r\n--b--`,
    });
    const started = await drive.call(`${UPLOAD}resumable`, {
      method: "POST",
      headers: { "x-upload-content-type": type },
    });
    const session = started.headers.get("location") ?? "";
    const resumable = await drive.call(session, { method: "PUT", body: "x", scopes: null });
    for (const answer of [media, multipart, resumable]) {
      expect(await answer.json()).toMatchObject({ mimeType: "text/plain" });
    }
  });

  it.each(["image", "a/b/c", "im(age/png"])(
    "is not what a header of an upload has for one: %s",
    async (type) => {
      const media = { method: "POST", headers: { "content-type": type }, body: new Uint8Array([1]) };
      expect((await drive.call(`${UPLOAD}media`, media)).status).toBe(400);
      const start = await drive.json(`${UPLOAD}resumable`, {
        method: "POST",
        headers: { "x-upload-content-type": type },
      });
      expect(start).toMatchObject({ status: 400, reason: "badContent" });
      expect(start.body.error.message).toBe("Invalid X-Upload-Content-Type header.");
      const parts = await drive.call(`${UPLOAD}multipart`, {
        method: "POST",
        headers: { "content-type": "multipart/related; boundary=b" },
        body: `--b\r\n\r\n{}\r\n--b\r\nContent-Type: ${type}\r\n\r\nx\r\n--b--`,
      });
      expect(parts.status).toBe(400);
    },
  );
});
