import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FOLDER_MIME, SHORTCUT_MIME } from "../file.ts";
import type { NewFile } from "../store/new-file.ts";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const FILES = "/drive/v3/files";
const BOB = { email: "bob@example.com" };
let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

function addFile(more: Partial<NewFile> = {}, sub = "101"): string {
  const input = { name: "a.txt", mimeType: "text/plain", content: Buffer.from("hello"), ...more };
  return drive.store.addFile(sub, input).id;
}

function copy(id: string, body: object = {}, call = {}) {
  return drive.json(`${FILES}/${id}/copy?fields=*`, { method: "POST", body, ...call });
}

describe("a copy of a file", () => {
  it("has the same bytes and checksums, a name of its own, and lies beside the original", async () => {
    const folder = drive.store.addFolder("101", { name: "f" });
    const id = addFile({ parentId: folder.id, properties: { a: "1" }, createdTime: "2020-01-01T00:00:00Z" });
    const { status, body } = await copy(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: "Copy of a.txt",
      mimeType: "text/plain",
      size: "5",
      md5Checksum: "5d41402abc4b2a76b9719d911017c592",
      parents: [folder.id],
      properties: { a: "1" },
      createdTime: "2026-11-23T10:00:00.000Z",
    });
    expect(body.id).not.toBe(id);
    expect(await (await drive.call(`${FILES}/${body.id}?alt=media`)).text()).toBe("hello");
  });

  it("copies no bytes", async () => {
    const id = addFile();
    const { body } = await copy(id);
    expect(drive.store.get(body.id)?.blob?.content).toBe(drive.store.get(id)?.blob?.content);
    drive.store.remove(id);
    expect(Buffer.from(drive.store.contentOf(body.id) ?? []).toString()).toBe("hello");
  });

  it("takes what the body says instead", async () => {
    const folder = drive.store.addFolder("101", { name: "to" });
    const body = {
      name: "b",
      parents: [folder.id],
      description: "d",
      modifiedTime: "2020-01-01T00:00:00.000Z",
    };
    expect((await copy(addFile(), body)).body).toMatchObject(body);
    expect((await copy(addFile(), { mimeType: FOLDER_MIME })).status).toBe(400);
  });

  it("may have an id reserved beforehand, once: 409 fileIdInUse", async () => {
    const { ids } = (await drive.json(`${FILES}/generateIds?count=1`)).body;
    const id = addFile();
    expect((await copy(id, { id: ids[0] })).body.id).toBe(ids[0]);
    expect(await copy(id, { id: ids[0] })).toMatchObject({ status: 409, reason: "fileIdInUse" });
    expect((await copy(id, { id: "1".repeat(33) })).status).toBe(400);
  });

  it("of a document has its exports", async () => {
    const id = addFile({
      mimeType: "application/vnd.google-apps.document",
      content: null,
      exports: { "text/plain": Buffer.from("text") },
    });
    const { body } = await copy(id);
    const answer = await drive.call(`${FILES}/${body.id}/export?mimeType=text/plain`);
    expect(await answer.text()).toBe("text");
  });

  it("of a shortcut is a shortcut to the same target", async () => {
    const targetId = addFile();
    const id = addFile({ mimeType: SHORTCUT_MIME, content: null, shortcutTargetId: targetId });
    expect((await copy(id)).body).toMatchObject({
      mimeType: SHORTCUT_MIME,
      shortcutDetails: { targetId, targetMimeType: "text/plain" },
    });
  });

  it("of a file shared by somebody else is the user's own, in the user's root", async () => {
    const folder = drive.store.addFolder("102", { name: "f" });
    const id = addFile({ parentId: folder.id }, "102");
    drive.store.shareFile(folder.id, { email: "alice@example.com", role: "reader" });
    const { body } = await copy(id);
    expect(body).toMatchObject({ ownedByMe: true, shared: false, parents: [drive.store.rootId("101")] });
  });

  it("into a shared drive belongs to the drive", async () => {
    const members = [{ email: "alice@example.com", role: "writer" }] as const;
    const { id: driveId } = drive.store.addSharedDrive({ name: "Team", members });
    const body = { parents: [driveId] };
    expect((await copy(addFile(), body)).status).toBe(404);
    const path = `${FILES}/${addFile()}/copy?supportsAllDrives=true&fields=driveId,parents`;
    expect((await drive.json(path, { method: "POST", body })).body).toEqual({ driveId, parents: [driveId] });
  });
});

describe("copying", () => {
  it("is refused for folders and for what may not be downloaded: 403 cannotCopyFile", async () => {
    const refused = { status: 403, reason: "cannotCopyFile" };
    expect(await copy(drive.store.addFolder("101", { name: "f" }).id)).toMatchObject(refused);
    expect(await copy(addFile({ canDownload: false }))).toMatchObject(refused);
    const id = addFile({ copyRequiresWriterPermission: true }, "102");
    drive.store.shareFile(id, { email: "alice@example.com", role: "commenter" });
    expect(await copy(id)).toMatchObject(refused);
    expect((await copy(id, {}, BOB)).status).toBe(200);
  });

  it("of what is not there, or to a parent that is not there, is 404", async () => {
    expect((await copy("nothing")).status).toBe(404);
    expect((await copy(addFile(), { parents: ["nowhere"] })).body.error.message).toBe(
      "File not found: nowhere.",
    );
  });

  it("under drive.file works into a folder that was not granted, and gives the copy to the application", async () => {
    const scopes = ["drive.file"];
    const folder = drive.store.addFolder("101", { name: "f" });
    const id = addFile();
    expect((await copy(id, {}, { scopes })).status).toBe(404);
    drive.store.grantFile({ clientId: "app", sub: "101", fileId: id });
    const { status, body } = await copy(id, { parents: [folder.id] }, { scopes });
    expect([status, body.parents]).toEqual([200, [folder.id]]);
    expect((await drive.json(`${FILES}/${body.id}?fields=isAppAuthorized`, { scopes })).body).toEqual({
      isAppAuthorized: true,
    });
    expect((await drive.json(`${FILES}/${folder.id}`, { scopes })).status).toBe(404);
  });

  it("takes a scope that writes", async () => {
    expect((await copy(addFile(), {}, { scopes: ["drive.readonly"] })).reason).toBe(
      "insufficientPermissions",
    );
  });
});
