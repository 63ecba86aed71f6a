import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";
import type { Role } from "./role.ts";

const BOB = { email: "bob@example.com" };
const FILES = "/drive/v3/files";
let drive: TestDrive;
let driveId: string;
let fileId: string;

beforeAll(async () => {
  drive = await startTestDrive();
});
beforeEach(() => {
  driveId = addDrive({ "alice@example.com": "writer", "bob@example.com": "organizer" });
  fileId = addFile(driveId).id;
});
afterAll(() => drive.close());

function addDrive(members: Record<string, Exclude<Role, "owner">>): string {
  const list = Object.entries(members).map(([email, role]) => ({ email, role }));
  return drive.store.addSharedDrive({ name: "Team", members: list }).id;
}

function addFile(parentId: string) {
  const input = { name: "a.txt", mimeType: "text/plain", content: Buffer.from("hello") };
  return drive.store.addFile("101", { ...input, parentId });
}

describe("drives", () => {
  const DRIVES = "/drive/v3/drives";

  it("are listed for members alone, page by page", async () => {
    const mine = [
      driveId,
      addDrive({ "alice@example.com": "reader" }),
      addDrive({ "alice@example.com": "reader" }),
    ];
    addDrive({ "bob@example.com": "reader" });
    const found: string[] = [];
    let pageToken = "";
    do {
      const query = `pageSize=2&fields=nextPageToken,drives(id)${pageToken && `&pageToken=${pageToken}`}`;
      const { body } = await drive.json(`${DRIVES}?${query}`);
      const page = body.drives as { id: string }[];
      expect(page.length).toBeLessThanOrEqual(2);
      found.push(...page.map(({ id }) => id));
      pageToken = body.nextPageToken ?? "";
    } while (pageToken);
    expect(found).toEqual(expect.arrayContaining(mine));
    expect(new Set(found).size).toBe(found.length);
    expect((await drive.json(`${DRIVES}?pageToken=x`)).body.error.errors[0]?.location).toBe("pageToken");
    expect((await drive.json(`${DRIVES}?pageSize=101`)).status).toBe(400);
  });

  it("have kind, id and name by default, and take the scope drive or drive.readonly", async () => {
    expect((await drive.json(`${DRIVES}/${driveId}`, { scopes: ["drive.readonly"] })).body).toEqual({
      kind: "drive#drive",
      id: driveId,
      name: "Team",
    });
    expect((await drive.json(DRIVES, { scopes: ["drive.file"] })).reason).toBe("insufficientPermissions");
    const others = addDrive({ "bob@example.com": "reader" });
    expect(await drive.json(`${DRIVES}/${others}`)).toMatchObject({ status: 404, reason: "notFound" });
  });

  it("are made by Workspace accounts alone, once per request id", async () => {
    const make = (requestId: string, call = {}) =>
      drive.json(`${DRIVES}?requestId=${requestId}`, { method: "POST", body: { name: "New" }, ...call });
    expect((await make("one")).reason).toBe("userCannotCreateTeamDrives");
    const made = await make("one", BOB);
    expect(made.body.name).toBe("New");
    expect(await make("one", BOB)).toMatchObject({ status: 409, reason: "teamDriveAlreadyExists" });
    expect((await make("", BOB)).reason).toBe("required");
    const { body } = await drive.json(`${DRIVES}/${made.body.id}?fields=capabilities`, BOB);
    expect(body.capabilities).toMatchObject({ canManageMembers: true, canDeleteDrive: true });
  });

  it("are renamed and deleted by managers, and deleted only when nothing is in them that is not trashed", async () => {
    const one = `${DRIVES}/${driveId}`;
    const rename = { method: "PATCH", body: { name: "Old" } };
    expect((await drive.json(one, rename)).status).toBe(403);
    expect((await drive.json(one, { ...rename, ...BOB })).body.name).toBe("Old");
    const remove = { method: "DELETE", ...BOB };
    expect((await drive.json(one, remove)).reason).toBe("cannotDeleteResourceWithChildren");
    drive.store.update(fileId, { trashed: true });
    expect((await drive.json(one, remove)).status).toBe(204);
    expect(drive.store.get(fileId)).toBeUndefined();
  });

  it("are hidden from one member's view, and found by hidden and by name", async () => {
    const hide = await drive.json(`${DRIVES}/${driveId}/hide?fields=hidden`, { method: "POST" });
    expect(hide.body).toEqual({ hidden: true });
    const found = async (q: string, call = {}) => {
      const { body } = await drive.json(`${DRIVES}?pageSize=100&q=${encodeURIComponent(q)}`, call);
      return (body.drives as { id: string }[]).map(({ id }) => id);
    };
    expect(await found("hidden = true")).toEqual([driveId]);
    expect(await found("hidden = true", BOB)).toEqual([]);
    expect(await found("name contains 'ea'")).toContain(driveId);
    expect((await drive.json(`${DRIVES}?q=${encodeURIComponent("colour = 'red'")}`)).status).toBe(400);
    await drive.json(`${DRIVES}/${driveId}/unhide`, { method: "POST" });
    expect(await found("hidden = true")).toEqual([]);
  });
});

describe("emptying the trash", () => {
  it("deletes what the user trashed, or with driveId what lies in a drive's trash", async () => {
    const own = addFile(drive.store.rootId("101"));
    for (const id of [own.id, fileId]) drive.store.update(id, { trashed: true });
    expect((await drive.json(`${FILES}/trash`, { method: "DELETE" })).status).toBe(204);
    expect(drive.store.get(own.id)).toBeUndefined();
    const trash = `${FILES}/trash?driveId=${driveId}`;
    expect((await drive.json(trash, { method: "DELETE" })).status).toBe(403);
    expect((await drive.json(trash, { method: "DELETE", ...BOB })).status).toBe(204);
    expect(drive.store.get(fileId)).toBeUndefined();
  });
});
