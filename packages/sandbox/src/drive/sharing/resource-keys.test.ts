import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHORTCUT_MIME } from "../file.ts";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const FILES = "/drive/v3/files";
const KEY = "0-abcDEF_123";
const ANYONE = { to: { type: "anyone", allowFileDiscovery: false }, role: "reader" } as const;
let drive: TestDrive;
let folderId: string;
let fileId: string;

beforeAll(async () => {
  drive = await startTestDrive();
});
beforeEach(() => {
  const input = { mimeType: "text/plain", content: Buffer.from("hello"), resourceKey: KEY };
  folderId = drive.store.addFolder("102", { name: "f" }).id;
  fileId = drive.store.addFile("102", { name: "a", parentId: folderId, ...input }).id;
  drive.store.shareFile(fileId, ANYONE);
});
afterAll(() => drive.close());

function keys(...pairs: readonly (readonly [string, string])[]) {
  return { headers: { "x-goog-drive-resource-keys": pairs.map((pair) => pair.join("/")).join(",") } };
}

describe("a file shared by a link with a resource key", () => {
  it("is 404 to get, download and copy without the key, and there with it", async () => {
    const calls = [
      [`${FILES}/${fileId}`, {}],
      [`${FILES}/${fileId}?alt=media`, {}],
      [`${FILES}/${fileId}/copy`, { method: "POST", body: "{}" }],
    ] as const;
    for (const [path, call] of calls) {
      const type = { "content-type": "application/json" };
      const { headers } = keys(["1other", "x"], [fileId, KEY]);
      expect((await drive.call(path, { ...call, headers: type })).status).toBe(404);
      const wrong = keys([fileId, "0-wrong"]).headers;
      expect((await drive.call(path, { ...call, headers: { ...type, ...wrong } })).status).toBe(404);
      expect((await drive.call(path, { ...call, headers: { ...type, ...headers } })).status).toBe(200);
    }
  });

  it("has the key among its default fields", async () => {
    const { body } = await drive.json(`${FILES}/${fileId}`, keys([fileId, KEY]));
    expect(body).toEqual({
      kind: "drive#file",
      id: fileId,
      name: "a",
      mimeType: "text/plain",
      resourceKey: KEY,
    });
  });

  it("needs no key once the user has opened it, and is then in the user's listing with its key", async () => {
    drive.store.markOpened({ sub: "101", fileId });
    expect((await drive.json(`${FILES}/${fileId}`)).status).toBe(200);
    const { body } = await drive.json(`${FILES}?q=sharedWithMe`);
    expect(body.files).toContainEqual(expect.objectContaining({ id: fileId, resourceKey: KEY }));
  });

  it("needs no key by its owner, nor by those to whom it was shared by name", async () => {
    expect((await drive.json(`${FILES}/${fileId}`, { email: "bob@example.com" })).status).toBe(200);
    drive.store.shareFile(fileId, { email: "alice@example.com", role: "reader" });
    expect((await drive.json(`${FILES}/${fileId}`)).status).toBe(200);
  });

  it("is missing from the listing of a linked folder unless its key is sent along", async () => {
    drive.store.shareFile(folderId, ANYONE);
    const path = `${FILES}?q=${encodeURIComponent(`'${folderId}' in parents`)}`;
    expect((await drive.json(path)).body.files).toEqual([]);
    expect((await drive.json(path, keys([fileId, KEY]))).body.files.map(({ id }) => id)).toEqual([fileId]);
  });

  it("is told to those who come by a shortcut: targetResourceKey", async () => {
    const shortcut = { name: "to it", mimeType: SHORTCUT_MIME, content: null, shortcutTargetId: fileId };
    const { id } = drive.store.addFile("101", shortcut);
    const { body } = await drive.json(`${FILES}/${id}?fields=shortcutDetails`);
    expect(body.shortcutDetails).toEqual({
      targetId: fileId,
      targetMimeType: "text/plain",
      targetResourceKey: KEY,
    });
  });
});

describe("a folder shared by a link with a resource key", () => {
  it("opens what is in it to those who send the key of the folder", async () => {
    const folder = drive.store.addFile("102", {
      name: "keyed",
      mimeType: "application/vnd.google-apps.folder",
      content: null,
      resourceKey: KEY,
    });
    const input = { name: "in", mimeType: "text/plain", content: new Uint8Array(), parentId: folder.id };
    const inner = drive.store.addFile("102", input);
    drive.store.shareFile(folder.id, ANYONE);
    expect((await drive.json(`${FILES}/${inner.id}`)).status).toBe(404);
    expect((await drive.json(`${FILES}/${inner.id}`, keys([folder.id, KEY]))).status).toBe(200);
    drive.store.markOpened({ sub: "101", fileId: folder.id });
    expect((await drive.json(`${FILES}/${inner.id}`)).status).toBe(200);
  });
});

describe("the header of resource keys", () => {
  it("is refused with 400 when it is malformed", async () => {
    for (const value of ["no-slash", "a/b/c", "/key", "id/", "a/b,,c/d", "a b/c"]) {
      const headers = { "x-goog-drive-resource-keys": value };
      expect(await drive.json(FILES, { headers })).toMatchObject({ status: 400, reason: "badRequest" });
    }
    const headers = { "x-goog-drive-resource-keys": " a/b , c/d" };
    expect((await drive.json(FILES, { headers })).status).toBe(200);
  });

  it("is read or refused, never a crash, whatever it says", async () => {
    const text = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    });
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const headers = { "x-goog-drive-resource-keys": value };
        const { status } = await drive.call(`${FILES}/${fileId}`, { headers });
        expect([400, 404]).toContain(status);
      }),
      { numRuns: 100 },
    );
  });

  it("cannot be replaced by a parameter of the query", async () => {
    const answer = await drive.json(`${FILES}/${fileId}?resourceKey=${KEY}`);
    expect(answer).toMatchObject({ status: 400, reason: "badRequest" });
    expect(answer.body.error.message).toMatch(/^Resource key cannot be passed as a query parameter/);
  });
});
