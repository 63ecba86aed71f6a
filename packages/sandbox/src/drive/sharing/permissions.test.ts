import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const FILES = "/drive/v3/files";
const BOB = { email: "bob@example.com" };
let drive: TestDrive;
let fileId: string;
let folderId: string;

beforeAll(async () => {
  drive = await startTestDrive();
});
beforeEach(() => {
  folderId = drive.store.addFolder("101", { name: "f" }).id;
  fileId = addFile();
});
afterAll(() => drive.close());

function addFile(): string {
  const input = { name: "a", mimeType: "text/plain", content: new Uint8Array(), parentId: folderId };
  return drive.store.addFile("101", input).id;
}

function give(id: string, body: object, call = {}, query = "") {
  return drive.json(`${FILES}/${id}/permissions?supportsAllDrives=true${query}`, {
    method: "POST",
    body,
    ...call,
  });
}

async function rolesOf(id: string): Promise<Record<string, string>> {
  const { body } = await drive.json(
    `${FILES}/${id}/permissions?fields=permissions(id,role)&supportsAllDrives=true`,
  );
  const list = body.permissions as { id: string; role: string }[];
  return Object.fromEntries(list.map(({ id: of, role }) => [of, role]));
}

const toBob = { type: "user", role: "reader", emailAddress: "Bob@example.com" };

describe("a permission", () => {
  it("is given, shown with kind, id, type and role by default, changed and taken away", async () => {
    const given = await give(fileId, toBob);
    expect(given.body).toEqual({ kind: "drive#permission", id: "p102", type: "user", role: "reader" });
    expect((await drive.json(`${FILES}/${fileId}`, BOB)).status).toBe(200);
    const path = `${FILES}/${fileId}/permissions/p102`;
    expect((await drive.json(path, { method: "PATCH", body: { role: "writer" } })).body.role).toBe("writer");
    const one = await drive.json(`${path}?fields=emailAddress,displayName,role,deleted`);
    expect(one.body).toEqual({
      emailAddress: "bob@example.com",
      displayName: "Bob Example",
      role: "writer",
      deleted: false,
    });
    expect((await drive.json(path, { method: "DELETE" })).status).toBe(204);
    expect((await drive.json(`${FILES}/${fileId}`, BOB)).status).toBe(404);
    expect(await drive.json(path)).toMatchObject({ status: 404, reason: "notFound" });
  });

  it("of a person is one, whatever it was before", async () => {
    await give(fileId, toBob);
    await give(fileId, { ...toBob, role: "writer" });
    expect(await rolesOf(fileId)).toEqual({ p101: "owner", p102: "writer" });
  });

  it("of a folder holds for what is in it, and cannot be taken away there", async () => {
    await give(folderId, { ...toBob, role: "writer" });
    expect(await rolesOf(fileId)).toEqual({ p101: "owner", p102: "writer" });
    const answer = await drive.json(`${FILES}/${fileId}/permissions/p102`, { method: "DELETE" });
    expect(answer).toMatchObject({ status: 403, reason: "cannotModifyInheritedTeamDrivePermission" });
  });

  it("for anyone has the id anyoneWithLink, or anyone when the file can be found", async () => {
    const anyone = { type: "anyone", role: "reader" };
    expect((await give(fileId, anyone)).body.id).toBe("anyoneWithLink");
    expect((await give(fileId, { ...anyone, allowFileDiscovery: true })).body.id).toBe("anyone");
    const domain = { type: "domain", domain: "example.com", role: "reader" };
    const given = await give(fileId, domain, {}, "&fields=domain,displayName,allowFileDiscovery,type");
    expect(given.body).toEqual({
      type: "domain",
      domain: "example.com",
      displayName: "example.com",
      allowFileDiscovery: false,
    });
  });

  it("may be given to an address without an account, and to a group", async () => {
    const given = await give(fileId, { ...toBob, emailAddress: "carol@example.org" }, {}, "&fields=*");
    expect(given.body).toMatchObject({ emailAddress: "carol@example.org", displayName: "carol@example.org" });
    expect(given.body.id).toMatch(/^\d{20}$/);
    expect((await give(fileId, { ...toBob, type: "group" })).status).toBe(200);
  });

  it.each([
    [{}, 400, "required", "permission.role"],
    [{ role: "king", type: "user" }, 400, "invalid", "permission.role"],
    [{ role: "reader" }, 400, "required", "permission.type"],
    [{ role: "reader", type: "robot" }, 400, "invalid", "permission.type"],
    [{ role: "reader", type: "user" }, 400, "required", "permission.emailAddress"],
    [{ role: "reader", type: "domain" }, 400, "required", "permission.domain"],
    [{ role: 7, type: "user" }, 400, "invalid", "permission.role"],
    [{ ...toBob, role: "owner" }, 403, "forbidden", "transferOwnership"],
  ])("is refused as %j with %i %s", async (body, status, reason, location) => {
    const answer = await give(fileId, body);
    expect(answer).toMatchObject({ status, reason });
    expect(answer.body.error.errors[0]?.location).toBe(location);
  });

  it("has no role that items of its kind do not have", async () => {
    expect((await give(fileId, { ...toBob, role: "organizer" })).reason).toBe(
      "organizerOnNonTeamDriveItemNotSupported",
    );
    expect((await give(fileId, { ...toBob, role: "fileOrganizer" })).reason).toBe(
      "fileOrganizerOnNonTeamDriveNotSupported",
    );
  });

  it("of the owner cannot be taken away, and the root cannot be shared", async () => {
    const answer = await drive.json(`${FILES}/${fileId}/permissions/p101`, { method: "DELETE" });
    expect(answer).toMatchObject({ status: 403, reason: "cannotRemoveOwner" });
    expect(await give("root", toBob)).toMatchObject({ status: 400, reason: "invalidSharingRequest" });
  });

  it("is no business of readers, who may give up their own", async () => {
    await give(fileId, toBob);
    const refused = { status: 403, reason: "insufficientFilePermissions" };
    expect(await drive.json(`${FILES}/${fileId}/permissions`, BOB)).toMatchObject(refused);
    expect(await give(fileId, { ...toBob, role: "writer" }, BOB)).toMatchObject(refused);
    const own = await drive.json(`${FILES}/${fileId}/permissions/p102`, { method: "DELETE", ...BOB });
    expect(own.status).toBe(204);
    expect((await drive.json(`${FILES}/${fileId}`, BOB)).status).toBe(404);
  });

  it("is given by writers too, who are then the ones who shared", async () => {
    await give(fileId, { ...toBob, role: "writer" });
    expect((await give(fileId, { type: "anyone", role: "reader" }, BOB)).status).toBe(200);
    const { body } = await drive.json(`${FILES}/${fileId}?fields=permissionIds,permissions(id)`, BOB);
    expect(body.permissionIds).toEqual(["p101", "p102", "anyoneWithLink"]);
    expect(body.permissions).toHaveLength(3);
  });
});

describe("under drive.file", () => {
  const scopes = ["drive.file"];

  it("a folder cannot be shared while a child in it was not granted", async () => {
    for (const id of [folderId]) drive.store.grantFile({ clientId: "app", sub: "101", fileId: id });
    const answer = await give(folderId, toBob, { scopes });
    expect(answer).toMatchObject({ status: 403, reason: "appNotAuthorizedToChild" });
    expect(answer.body.error.message).toMatch(
      new RegExp(`^The user has not granted the app app write access to the child file ${fileId}`),
    );
    drive.store.grantFile({ clientId: "app", sub: "101", fileId });
    expect((await give(folderId, toBob, { scopes })).status).toBe(200);
  });

  it("a file that was not granted is 404", async () => {
    expect((await give(fileId, toBob, { scopes })).status).toBe(404);
  });
});

describe("in a shared drive", () => {
  it("the permissions of the drive are its members, with the details of where each comes from", async () => {
    const { id } = drive.store.addSharedDrive({
      name: "Team",
      members: [{ email: "alice@example.com", role: "organizer" }],
    });
    expect((await give(id, { ...toBob, role: "fileOrganizer" })).status).toBe(200);
    expect(await rolesOf(id)).toEqual({ p101: "organizer", p102: "fileOrganizer" });
    const item = drive.store.addFile("101", {
      name: "a",
      mimeType: "text/plain",
      content: null,
      parentId: id,
    });
    const path = `${FILES}/${item.id}/permissions/p102?supportsAllDrives=true&fields=permissionDetails`;
    expect((await drive.json(path)).body.permissionDetails).toEqual([
      { permissionType: "member", role: "fileOrganizer", inheritedFrom: id, inherited: true },
    ]);
    expect((await drive.json(path)).status).toBe(200);
    expect((await drive.json(`${FILES}/${item.id}/permissions`)).status).toBe(404);
  });

  it("an item may be shared beside its drive, and says so with hasAugmentedPermissions", async () => {
    const members = [{ email: "alice@example.com", role: "writer" }] as const;
    const { id } = drive.store.addSharedDrive({ name: "Team", members });
    const item = drive.store.addFile("101", {
      name: "a",
      mimeType: "text/plain",
      content: null,
      parentId: id,
    });
    const path = `${FILES}/${item.id}?supportsAllDrives=true&fields=hasAugmentedPermissions`;
    expect((await drive.json(path)).body).toEqual({ hasAugmentedPermissions: false });
    await give(item.id, toBob);
    expect((await drive.json(path)).body).toEqual({ hasAugmentedPermissions: true });
    const folder = drive.store.addFolder("101", { name: "f", parentId: id });
    expect((await give(folder.id, toBob)).reason).toBe("insufficientFilePermissions");
  });
});
