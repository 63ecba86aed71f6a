import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SHORTCUT_MIME } from "../file.ts";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const FILES = "/drive/v3/files";
let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

function addFile(name = "target.txt", sub = "101"): string {
  return drive.store.addFile(sub, { name, mimeType: "text/plain", content: new Uint8Array() }).id;
}

function point(targetId: string | undefined, more: object = {}) {
  const body = { mimeType: SHORTCUT_MIME, shortcutDetails: { targetId }, ...more };
  return drive.json(`${FILES}?fields=id,name,mimeType,shortcutDetails,size,md5Checksum`, {
    method: "POST",
    body,
  });
}

describe("a shortcut", () => {
  it("is itself what get gives, has the name of its target unless told otherwise, and no bytes", async () => {
    const targetId = addFile();
    const { body } = await point(targetId);
    expect(body).toEqual({
      id: body.id,
      name: "target.txt",
      mimeType: SHORTCUT_MIME,
      shortcutDetails: { targetId, targetMimeType: "text/plain" },
    });
    expect((await point(targetId, { name: "other" })).body.name).toBe("other");
    const download = await drive.json(`${FILES}/${body.id}?alt=media`);
    expect(download).toMatchObject({ status: 403, reason: "fileNotDownloadable" });
  });

  it("keeps the type that its target had when it was made", async () => {
    const targetId = addFile();
    const { id } = (await point(targetId)).body;
    drive.store.update(targetId, { mimeType: "image/png" });
    const { body } = await drive.json(`${FILES}/${id}?fields=shortcutDetails`);
    expect(body.shortcutDetails).toEqual({ targetId, targetMimeType: "text/plain" });
  });

  it("dangles when its target is deleted: the target is 404, the shortcut stays", async () => {
    const targetId = addFile();
    const { id } = (await point(targetId)).body;
    drive.store.remove(targetId);
    expect((await drive.json(`${FILES}/${id}`)).status).toBe(200);
    expect((await drive.json(`${FILES}/${targetId}`)).status).toBe(404);
  });

  it("cannot be made to nothing, to what the user does not have, or to a shortcut", async () => {
    expect((await point(undefined)).status).toBe(400);
    expect((await point("nothing")).status).toBe(404);
    expect((await point(addFile("b", "102"))).status).toBe(404);
    const { id } = (await point(addFile())).body;
    expect(await point(id)).toMatchObject({ status: 403, reason: "shortcutTargetInvalid" });
  });

  it("may lead to a folder above it, and two folders to one another", async () => {
    const first = drive.store.addFolder("101", { name: "1" });
    const second = drive.store.addFolder("101", { name: "2" });
    expect((await point(first.id, { parents: [first.id] })).status).toBe(200);
    expect((await point(second.id, { parents: [first.id] })).status).toBe(200);
    expect((await point(first.id, { parents: [second.id] })).status).toBe(200);
    expect(drive.store.isTrashed(first)).toBe(false);
  });

  it("may lead into a shared drive, and is found by its target", async () => {
    const members = [{ email: "alice@example.com", role: "reader" }] as const;
    const { id: driveId } = drive.store.addSharedDrive({ name: "Team", members });
    const { id } = (await point(driveId)).body;
    const q = encodeURIComponent(`shortcutDetails.targetId = '${driveId}'`);
    expect((await drive.json(`${FILES}?q=${q}`)).body.files.map((file) => file.id)).toEqual([id]);
  });
});
