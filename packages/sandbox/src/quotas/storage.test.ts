import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "../drive/testing/start-test-drive.ts";

const START = "/upload/drive/v3/files?uploadType=resumable";
const FULL = { status: 403, reason: "storageQuotaExceeded" };
const BOB = "bob@example.com";

let drive: TestDrive;

beforeEach(async () => {
  drive = await startTestDrive();
  drive.settings.change({ quotas: { storageLimitBytes: 1000 } });
});
afterEach(() => drive.close());

function add(sizeBytes: number, more: object = {}) {
  return drive.store.addFile("101", {
    name: "a",
    mimeType: "image/png",
    content: randomBytes(sizeBytes),
    ...more,
  });
}

async function answerOf(response: Response) {
  const body = (await response.json()) as { error?: { errors: { reason: string }[] } };
  return { status: response.status, reason: body.error?.errors[0]?.reason };
}

async function upload(sizeBytes: number, { fileId, email }: { fileId?: string; email?: string } = {}) {
  const path = fileId === undefined ? "/upload/drive/v3/files" : `/upload/drive/v3/files/${fileId}`;
  const method = fileId === undefined ? "POST" : "PATCH";
  const body = randomBytes(sizeBytes);
  const as = email === undefined ? {} : { email };
  return answerOf(await drive.call(`${path}?uploadType=media`, { method, body, ...as }));
}

async function quota(email = "alice@example.com") {
  const { body } = await drive.json("/drive/v3/about?fields=storageQuota", { email });
  return body.storageQuota;
}

describe("about", () => {
  it("names the limit, and what is in use with and without the trash, as strings", async () => {
    add(300);
    add(200, { trashed: true });
    expect(await quota()).toEqual({
      limit: "1000",
      usage: "500",
      usageInDrive: "500",
      usageInDriveTrash: "200",
    });
    expect(await quota(BOB)).toMatchObject({ usage: "0", usageInDriveTrash: "0" });
  });

  it("names no limit when there is none", async () => {
    drive.settings.change({ quotas: { storageLimitBytes: null } });
    expect(await quota()).toEqual({ usage: "0", usageInDrive: "0", usageInDriveTrash: "0" });
  });

  it("is right after an update, the trash and back, of a folder too, and a deletion", async () => {
    const folder = drive.store.addFolder("101", { name: "f" });
    const below = drive.store.addFolder("101", { name: "g", parentId: folder.id });
    const { id } = add(300, { parentId: below.id });
    add(100, { parentId: folder.id });
    await upload(350, { fileId: id });
    expect(await quota()).toMatchObject({ usage: "450", usageInDriveTrash: "0" });
    const trash = (trashed: boolean) =>
      drive.json(`/drive/v3/files/${folder.id}`, { method: "PATCH", body: { trashed } });
    await trash(true);
    expect(await quota()).toMatchObject({ usage: "450", usageInDriveTrash: "450" });
    await trash(false);
    expect(await quota()).toMatchObject({ usage: "450", usageInDriveTrash: "0" });
    await drive.call(`/drive/v3/files/${below.id}`, { method: "DELETE" });
    expect(await quota()).toMatchObject({ usage: "100", usageInDriveTrash: "0" });
  });
});

describe("a full account", () => {
  it("refuses a resumable upload at its start when the size is told, and lets one begin that fits", async () => {
    add(600);
    const start = (sizeBytes: number) =>
      drive.call(START, { method: "POST", headers: { "x-upload-content-length": String(sizeBytes) } });
    const refused = await start(401);
    expect(refused.headers.get("location")).toBeNull();
    expect(await refused.json()).toEqual({
      error: {
        code: 403,
        message: "The user's Drive storage quota has been exceeded.",
        errors: [
          {
            message: "The user's Drive storage quota has been exceeded.",
            domain: "global",
            reason: "storageQuotaExceeded",
          },
        ],
      },
    });
    expect((await start(400)).status).toBe(200);
  });

  it("refuses a resumable upload at its end when the size was not told, and makes no file", async () => {
    add(600);
    const session = (await drive.call(START, { method: "POST" })).headers.get("location") ?? "";
    const before = drive.store.listAll("101").length;
    const sent = await drive.call(session, { method: "PUT", body: randomBytes(401), scopes: null });
    expect(await answerOf(sent)).toEqual(FULL);
    expect(drive.store.listAll("101")).toHaveLength(before);
    expect(await quota()).toMatchObject({ usage: "600" });
  });

  it("refuses at the end what another upload has taken the room of meanwhile, and takes it once there is room", async () => {
    const headers = { "x-upload-content-length": "600" };
    const session = (await drive.call(START, { method: "POST", headers })).headers.get("location") ?? "";
    const other = add(500);
    const sent = await drive.call(session, { method: "PUT", body: randomBytes(600), scopes: null });
    expect(await answerOf(sent)).toEqual(FULL);
    drive.store.remove(other.id);
    const status = { method: "PUT", headers: { "content-range": "bytes */600" }, scopes: null };
    expect((await drive.call(session, status)).status).toBe(200);
    expect(await quota()).toMatchObject({ usage: "600" });
  });

  it("goes by the limit that is in force when the upload ends", async () => {
    const session = (await drive.call(START, { method: "POST" })).headers.get("location") ?? "";
    drive.settings.change({ quotas: { storageLimitBytes: 10 } });
    const sent = await drive.call(session, { method: "PUT", body: randomBytes(11), scopes: null });
    expect(await answerOf(sent)).toEqual(FULL);
  });

  it("refuses uploads of media and of multipart, and copies", async () => {
    const { id } = add(600);
    expect(await upload(401)).toEqual(FULL);
    const parts = [
      "Content-Type: application/json\r\n\r\n{}",
      `Content-Type: text/plain\r\n\r\n${"x".repeat(401)}`,
    ];
    const body = `${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--`;
    const headers = { "content-type": "multipart/related; boundary=b" };
    const multipart = await drive.call("/upload/drive/v3/files?uploadType=multipart", {
      method: "POST",
      headers,
      body,
    });
    expect(await answerOf(multipart)).toEqual(FULL);
    expect(await drive.json(`/drive/v3/files/${id}/copy`, { method: "POST", body: {} })).toMatchObject(FULL);
    expect(await upload(400)).toMatchObject({ status: 200 });
  });

  it("counts the trash until it is emptied", async () => {
    const { id } = add(1000, { trashed: true });
    expect(await upload(1)).toEqual(FULL);
    await drive.call(`/drive/v3/files/${id}`, { method: "DELETE" });
    expect((await upload(1)).status).toBe(200);
  });

  it("takes a new revision by what it adds, and a smaller one even beyond the limit", async () => {
    const { id } = add(900);
    expect(await upload(1001, { fileId: id })).toEqual(FULL);
    expect((await upload(1000, { fileId: id })).status).toBe(200);
    drive.settings.change({ quotas: { storageLimitBytes: 10 } });
    expect((await upload(999, { fileId: id })).status).toBe(200);
  });

  it("still takes folders, documents and empty files, which need no room", async () => {
    add(1000);
    const folder = "application/vnd.google-apps.folder";
    const document = "application/vnd.google-apps.document";
    for (const mimeType of [folder, document, "image/png"]) {
      const made = await drive.json("/drive/v3/files", { method: "POST", body: { mimeType } });
      expect(made.status).toBe(200);
    }
    expect(await quota()).toMatchObject({ usage: "1000" });
  });

  it("does not hinder another account, nor a shared drive", async () => {
    add(1000);
    expect((await upload(500, { email: BOB })).status).toBe(200);
    const members = [{ email: "alice@example.com", role: "organizer" as const }];
    const { id: driveId } = drive.store.addSharedDrive({ name: "Team", members });
    const headers = { "content-type": "application/json", "x-upload-content-length": "5000" };
    const path = `${START}&supportsAllDrives=true`;
    const body = JSON.stringify({ parents: [driveId] });
    expect((await drive.call(path, { method: "POST", headers, body })).status).toBe(200);
  });
});
