import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FOLDER_MIME } from "../file.ts";
import { startTestDrive, type TestCall, type TestDrive } from "../testing/start-test-drive.ts";
import type { Role } from "./role.ts";

const ALL = "supportsAllDrives=true";
const BOTH = `${ALL}&includeItemsFromAllDrives=true`;
const BOB = { email: "bob@example.com" };
const FILES = "/drive/v3/files";
let drive: TestDrive;
let driveId: string;
let fileId: string;

beforeAll(async () => {
  drive = await startTestDrive();
});
beforeEach(() => {
  drive.settings.change({
    drive: { sharedDriveItemLimit: 500_000, folderChildLimit: 500_000, folderDepthLimit: 100 },
  });
  driveId = addDrive({ "alice@example.com": "writer", "bob@example.com": "organizer" });
  fileId = addFile(driveId).id;
});
afterAll(() => drive.close());

function addDrive(members: Record<string, Exclude<Role, "owner">>): string {
  const list = Object.entries(members).map(([email, role]) => ({ email, role }));
  return drive.store.addSharedDrive({ name: "Team", members: list }).id;
}

/** Folders within each other, the uppermost first. */
function addChain(length: number): string[] {
  const ids: string[] = [];
  for (let parentId = drive.store.rootId("101"); ids.length < length; ids.push(parentId))
    parentId = drive.store.addFolder("101", { name: `${ids.length}`, parentId }).id;
  return ids;
}

function addFile(parentId: string, name = "a.txt") {
  return drive.store.addFile("101", {
    name,
    mimeType: "text/plain",
    content: Buffer.from("hello"),
    parentId,
  });
}

async function listed(query: string, call: TestCall = {}): Promise<string[]> {
  const { body } = await drive.json(`${FILES}?pageSize=1000&${query}`, { ...call } as object);
  return body.files.map(({ id }) => id);
}

function inFolder(id: string): string {
  return `q=${encodeURIComponent(`'${id}' in parents`)}`;
}

describe("an item of a shared drive", () => {
  it("is 404 to get, create, copy, update and delete without supportsAllDrives, and there with it", async () => {
    const one = `${FILES}/${fileId}`;
    const calls = [
      [one, {}],
      [FILES, { method: "POST", body: { parents: [driveId] } }],
      [`${one}/copy`, { method: "POST", body: {} }],
      [one, { method: "PATCH", body: { name: "b" } }],
      [one, { method: "DELETE", ...BOB }],
    ] as const;
    for (const [path, call] of calls) {
      expect(await drive.json(path, call)).toMatchObject({ status: 404, reason: "notFound" });
      expect((await drive.json(`${path}?${ALL}`, call)).status).toBeLessThan(300);
    }
  });

  it("is downloaded without supportsAllDrives", async () => {
    expect(await (await drive.call(`${FILES}/${fileId}?alt=media`)).text()).toBe("hello");
  });

  it("is found under the old names of the parameters too", async () => {
    expect((await drive.json(`${FILES}/${fileId}?supportsTeamDrives=true`)).status).toBe(200);
    const old = `supportsTeamDrives=true&includeTeamDriveItems=true&corpora=teamDrive&teamDriveId=${driveId}`;
    expect(await listed(old)).toEqual([fileId]);
  });

  it("has driveId, and no owners, ownedByMe, shared and permissions", async () => {
    const { body } = await drive.json(`${FILES}/${fileId}?fields=*&${ALL}`);
    expect(body).toMatchObject({ driveId, teamDriveId: driveId, parents: [driveId] });
    for (const name of ["owners", "ownedByMe", "shared", "permissions", "writersCanShare"])
      expect(body).not.toHaveProperty(name);
  });

  it("is 404 to those who are no members", async () => {
    const others = addFile(addDrive({ "bob@example.com": "reader" })).id;
    expect((await drive.json(`${FILES}/${others}?${ALL}`)).status).toBe(404);
    expect((await drive.json(`${FILES}/${others}?${ALL}`, BOB)).status).toBe(200);
  });

  it("tells when and by whom it was trashed, and is still downloaded", async () => {
    await drive.json(`${FILES}/${fileId}?${ALL}`, { method: "PATCH", body: { trashed: true }, ...BOB });
    const { body } = await drive.json(
      `${FILES}/${fileId}?${ALL}&fields=trashedTime,trashingUser(emailAddress,me)`,
    );
    expect(body).toEqual({
      trashedTime: "2026-11-23T10:00:00.000Z",
      trashingUser: { emailAddress: "bob@example.com", me: false },
    });
    expect((await drive.call(`${FILES}/${fileId}?alt=media`)).status).toBe(200);
  });
});

describe("the top of a shared drive", () => {
  it("is a folder with the id of the drive: 19 characters that begin with 0A", async () => {
    expect(driveId).toMatch(/^0A[\w-]{17}$/);
    const { body } = await drive.json(`${FILES}/${driveId}?${ALL}&fields=id,mimeType,driveId,parents,name`);
    expect(body).toEqual({ id: driveId, name: "Drive", mimeType: FOLDER_MIME, driveId });
  });

  it("cannot be trashed, moved or deleted", async () => {
    const path = `${FILES}/${driveId}?${ALL}`;
    expect((await drive.json(path, { method: "DELETE", ...BOB })).status).toBe(403);
    expect((await drive.json(path, { method: "PATCH", body: { trashed: true }, ...BOB })).status).toBe(403);
  });
});

describe("a listing", () => {
  it("leaves out items of shared drives without includeItemsFromAllDrives, with 200", async () => {
    expect(await listed(inFolder(driveId))).toEqual([]);
    expect(await listed(`${inFolder(driveId)}&${ALL}`)).toEqual([]);
    expect(await listed(`${inFolder(driveId)}&${BOTH}`)).toEqual([fileId]);
  });

  it("of one drive takes corpora=drive, driveId and both flags", async () => {
    const own = addFile(drive.store.rootId("101"));
    const found = await listed(`corpora=drive&driveId=${driveId}&${BOTH}`);
    expect(found).toEqual([fileId]);
    expect(found).not.toContain(own.id);
  });

  it("of all drives has the user's own files and those of all drives of the user", async () => {
    const own = addFile(drive.store.rootId("101"));
    const others = addFile(addDrive({ "bob@example.com": "reader" }));
    const found = await listed(`corpora=allDrives&${BOTH}`);
    expect(found).toEqual(expect.arrayContaining([own.id, fileId]));
    expect(found).not.toContain(others.id);
    expect(new Set(found).size).toBe(found.length);
  });

  it("of the user has of shared drives what the user has opened, and no more", async () => {
    expect(await listed(BOTH)).not.toContain(fileId);
    drive.store.markOpened({ sub: "101", fileId });
    expect(await listed(BOTH)).toContain(fileId);
    expect(await listed("")).not.toContain(fileId);
  });

  it.each([
    ["corpora=drive", 400, "driveId"],
    ["corpora=user&driveId=0A", 400, "driveId"],
    ["driveId=0A", 400, "driveId"],
    ["corpora=allDrives&driveId=0A", 400, "driveId"],
    ["corpora=drive&driveId=0A", 403, "includeItemsFromAllDrives"],
    ["corpora=allDrives", 403, "includeItemsFromAllDrives"],
    ["includeItemsFromAllDrives=true", 400, "supportsAllDrives"],
    ["corpora=everything", 400, "corpora"],
  ])("refuses %s with %i at %s", async (query, status, location) => {
    const params = new URLSearchParams(query);
    if (status === 400 && location === "driveId") {
      params.set("supportsAllDrives", "true");
      params.set("includeItemsFromAllDrives", "true");
    }
    const answer = await drive.json(`${FILES}?${params.toString()}`);
    expect(answer.status).toBe(status);
    expect(answer.body.error.errors[0]?.location).toBe(location);
  });

  it("of a drive that is none, or of which the user is no member, is 404 at driveId", async () => {
    const others = addDrive({ "bob@example.com": "reader" });
    for (const id of [others, "0Anothing", drive.store.rootId("101"), fileId]) {
      const answer = await drive.json(`${FILES}?corpora=drive&driveId=${id}&${BOTH}`);
      expect(answer).toMatchObject({ status: 404, reason: "notFound" });
      expect(answer.body.error.errors[0]?.location).toBe("driveId");
    }
  });

  it("is 403 teamDriveMembershipRequired for those to whom only an item of the drive was shared", async () => {
    const others = addDrive({ "bob@example.com": "organizer" });
    const item = addFile(others);
    drive.store.shareFile(item.id, { email: "alice@example.com", role: "reader" });
    const answer = await drive.json(`${FILES}?corpora=drive&driveId=${others}&${BOTH}`);
    expect(answer).toMatchObject({ status: 403, reason: "teamDriveMembershipRequired" });
    const { body } = await drive.json(`${FILES}/${item.id}?${ALL}&fields=id,parents,driveId`);
    expect(body).toEqual({ id: item.id, driveId: others });
    expect(await listed(BOTH)).toContain(item.id);
  });

  it("of all drives may be incomplete, and says so", async () => {
    const path = `${FILES}?corpora=allDrives&${BOTH}&fields=incompleteSearch`;
    expect((await drive.json(path)).body).toEqual({ incompleteSearch: false });
    drive.settings.change({ drive: { incompleteSearch: true } });
    expect((await drive.json(path)).body).toEqual({ incompleteSearch: true });
    expect((await drive.json(`${FILES}?fields=incompleteSearch`)).body).toEqual({ incompleteSearch: false });
    drive.settings.change({ drive: { incompleteSearch: false } });
  });
});

describe("under drive.file in a shared drive", () => {
  const scopes = ["drive.file"];

  it("a granted file is 404 without supportsAllDrives, listed with both flags alone, and downloaded without", async () => {
    drive.store.grantFile({ clientId: "app", sub: "101", fileId });
    expect((await drive.json(`${FILES}/${fileId}`, { scopes })).status).toBe(404);
    expect((await drive.json(`${FILES}/${fileId}?${ALL}`, { scopes })).status).toBe(200);
    expect((await drive.call(`${FILES}/${fileId}?alt=media`, { scopes })).status).toBe(200);
    expect(await listed("", { scopes })).not.toContain(fileId);
    expect(await listed(BOTH, { scopes })).toEqual(expect.arrayContaining([fileId]));
  });

  it("a file is made in a folder that was not granted", async () => {
    const body = { parents: [driveId] };
    expect((await drive.json(FILES, { method: "POST", body, scopes })).status).toBe(404);
    const made = await drive.json(`${FILES}?${ALL}&fields=id,parents,driveId`, {
      method: "POST",
      body,
      scopes,
    });
    expect(made).toMatchObject({ status: 200, body: { parents: [driveId], driveId } });
    expect((await drive.json(`${FILES}/${driveId}?${ALL}`, { scopes })).status).toBe(404);
  });
});

describe("the limits of shared drives and folders", () => {
  const post = (body: object) => drive.json(`${FILES}?${ALL}`, { method: "POST", body });

  it("a full shared drive takes no more items: teamDriveFileLimitExceeded", async () => {
    drive.settings.change({ drive: { sharedDriveItemLimit: 2 } });
    expect((await post({ parents: [driveId] })).status).toBe(200);
    expect(await post({ parents: [driveId] })).toMatchObject({
      status: 403,
      reason: "teamDriveFileLimitExceeded",
    });
    expect((await post({})).status).toBe(200);
  });

  it("a full folder takes no more children, the root does: numChildrenInNonRootLimitExceeded", async () => {
    drive.settings.change({ drive: { folderChildLimit: 1 } });
    const { id } = drive.store.addFolder("101", { name: "f" });
    expect((await post({ parents: [id] })).status).toBe(200);
    const full = { status: 403, reason: "numChildrenInNonRootLimitExceeded" };
    expect(await post({ parents: [id] })).toMatchObject(full);
    const outside = addFile(drive.store.rootId("101"));
    const move = `${FILES}/${outside.id}?addParents=${id}&removeParents=root`;
    expect(await drive.json(move, { method: "PATCH", body: {} })).toMatchObject(full);
    expect((await post({})).status).toBe(200);
  });

  it("a hundred folders lie within each other and no more: myDriveHierarchyDepthLimitExceeded", async () => {
    const parentId = addChain(100).at(-1);
    const answer = await post({ mimeType: FOLDER_MIME, parents: [parentId] });
    expect(answer).toMatchObject({ status: 403, reason: "myDriveHierarchyDepthLimitExceeded" });
    expect((await post({ parents: [parentId] })).status).toBe(200);
  });

  it("folders that are moved count with all the folders in them", async () => {
    drive.settings.change({ drive: { folderDepthLimit: 4 } });
    const bottom = addChain(2).at(-1);
    const move = (id = "") =>
      drive.json(`${FILES}/${id}?addParents=${bottom}&removeParents=root`, { method: "PATCH", body: {} });
    expect(await move(addChain(3)[0])).toMatchObject({
      status: 403,
      reason: "myDriveHierarchyDepthLimitExceeded",
    });
    expect((await move(addChain(2)[0])).status).toBe(200);
  });
});

describe("roles in a shared drive", () => {
  const ROLES = ["reader", "commenter", "writer", "fileOrganizer", "organizer"] as const;

  it.each([
    ["rename", "writer", (id: string) => [`${FILES}/${id}?${ALL}`, "PATCH", { name: "b" }]],
    ["trash", "fileOrganizer", (id: string) => [`${FILES}/${id}?${ALL}`, "PATCH", { trashed: true }]],
    ["delete", "organizer", (id: string) => [`${FILES}/${id}?${ALL}`, "DELETE", undefined]],
  ] as const)("to %s takes a %s", async (_deed, least, callOf) => {
    for (const role of ROLES) {
      const item = addFile(addDrive({ "alice@example.com": role }));
      const [path, method, body] = callOf(item.id);
      const { status, reason } = await drive.json(path as string, { method: method as string, body });
      const isEnough = ROLES.indexOf(role) >= ROLES.indexOf(least);
      expect([role, status < 300 ? undefined : reason]).toEqual([
        role,
        isEnough ? undefined : "insufficientFilePermissions",
      ]);
    }
  });

  it("to add takes a writer, else insufficientParentPermissions", async () => {
    const id = addDrive({ "alice@example.com": "commenter" });
    const answer = await drive.json(`${FILES}?${ALL}`, { method: "POST", body: { parents: [id] } });
    expect(answer).toMatchObject({ status: 403, reason: "insufficientParentPermissions" });
  });

  it("are told by the capabilities, truly", async () => {
    const fields =
      "capabilities(canEdit,canTrash,canDelete,canCopy,canMoveItemWithinDrive,canMoveItemOutOfDrive)";
    const of = async (role: Exclude<Role, "owner">) => {
      const item = addFile(addDrive({ "alice@example.com": role }));
      return (await drive.json(`${FILES}/${item.id}?${ALL}&fields=${fields}`)).body.capabilities;
    };
    const none = { canEdit: false, canTrash: false, canDelete: false, canMoveItemWithinDrive: false };
    expect(await of("reader")).toEqual({ ...none, canCopy: true, canMoveItemOutOfDrive: false });
    expect(await of("writer")).toMatchObject({ ...none, canEdit: true });
    expect(await of("fileOrganizer")).toMatchObject({ canTrash: true, canDelete: false });
    expect(await of("organizer")).toMatchObject({ canDelete: true, canMoveItemOutOfDrive: true });
  });

  it("readers get no bytes where the drive keeps them from copying", async () => {
    const id = addDrive({ "alice@example.com": "reader", "bob@example.com": "organizer" });
    const item = addFile(id);
    const body = { restrictions: { copyRequiresWriterPermission: true } };
    expect((await drive.json(`/drive/v3/drives/${id}`, { method: "PATCH", body, ...BOB })).status).toBe(200);
    const refused = await drive.json(`${FILES}/${item.id}?alt=media`);
    expect(refused).toMatchObject({ status: 403, reason: "cannotDownloadFile" });
    const copied = await drive.json(`${FILES}/${item.id}/copy?${ALL}`, { method: "POST", body: {} });
    expect(copied).toMatchObject({ status: 403, reason: "cannotCopyFile" });
    expect((await drive.call(`${FILES}/${item.id}?alt=media`, BOB)).status).toBe(200);
  });
});

describe("a move from drive to drive", () => {
  const move = (id: string, to: string, from: string, call: TestCall = {}) =>
    drive.json(
      `${FILES}/${id}?${ALL}&fields=driveId,ownedByMe,parents&addParents=${to}&removeParents=${from}`,
      {
        method: "PATCH",
        body: {},
        ...call,
      } as object,
    );

  it("into a shared drive makes the file the drive's, and out of it that of the manager who moves it", async () => {
    const own = addFile(drive.store.rootId("101"));
    const root = drive.store.rootId("102");
    expect((await move(own.id, driveId, "root")).body).toEqual({ driveId, parents: [driveId] });
    expect(drive.store.listAll("101").map(({ id }) => id)).not.toContain(own.id);
    expect((await move(own.id, root, driveId, BOB)).body).toEqual({ ownedByMe: true, parents: [root] });
    expect((await drive.json(`${FILES}/${own.id}`)).status).toBe(404);
  });

  it("out of it takes a manager, and into it the owner", async () => {
    expect(await move(fileId, "root", driveId)).toMatchObject({
      status: 403,
      reason: "insufficientFilePermissions",
    });
    const bobs = drive.store.addFile("102", { name: "b", mimeType: "text/plain", content: new Uint8Array() });
    drive.store.shareFile(bobs.id, { email: "alice@example.com", role: "writer" });
    const answer = await move(bobs.id, driveId, drive.store.rootId("102"));
    expect(answer).toMatchObject({ status: 403, reason: "insufficientFilePermissions" });
  });

  it("is refused for folders and for what is trashed", async () => {
    const folder = drive.store.addFolder("101", { name: "f" });
    expect((await move(folder.id, driveId, "root")).reason).toBe("teamDrivesFolderMoveInNotSupported");
    const trashed = addFile(drive.store.rootId("101"));
    drive.store.update(trashed.id, { trashed: true });
    expect((await move(trashed.id, driveId, "root")).reason).toBe("cannotMoveTrashedItemIntoTeamDrive");
  });

  it("leaves a file that loses its folder in the top of its own drive", async () => {
    const folder = drive.store.addFolder("101", { name: "f", parentId: driveId });
    const item = addFile(folder.id);
    const path = `${FILES}/${item.id}?${ALL}&fields=parents&removeParents=${folder.id}`;
    expect((await drive.json(path, { method: "PATCH", body: {}, ...BOB })).body).toEqual({
      parents: [driveId],
    });
  });
});
