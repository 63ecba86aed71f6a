import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FOLDER_MIME } from "../file.ts";
import type { NewFile } from "../store/new-file.ts";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";
import type { Role } from "./role.ts";

const FILES = "/drive/v3/files";
const BOB = { email: "bob@example.com" };
const ALICE = "alice@example.com";
let drive: TestDrive;
let folderId: string;
let fileId: string;

beforeAll(async () => {
  drive = await startTestDrive();
});
beforeEach(() => {
  folderId = drive.store.addFolder("102", { name: "Bob's" }).id;
  fileId = addFile({ parentId: folderId });
});
afterAll(() => drive.close());

function addFile(more: Partial<NewFile> = {}, sub = "102"): string {
  const input = { name: "a.txt", mimeType: "text/plain", content: Buffer.from("hello"), ...more };
  return drive.store.addFile(sub, input).id;
}

function share(id: string, role: Exclude<Role, "owner">): void {
  drive.store.shareFile(id, { email: ALICE, role });
}

async function found(q: string, call = {}): Promise<string[]> {
  const { body } = await drive.json(`${FILES}?pageSize=1000&q=${encodeURIComponent(q)}`, call);
  return body.files.map(({ id }) => id);
}

describe("a file of Bob's that is shared with Alice", () => {
  it("is not hers, has no parents as long as she does not see the folder, and tells who shared it and when", async () => {
    drive.advance(60_000);
    share(fileId, "reader");
    const fields =
      "id,parents,ownedByMe,shared,owners(emailAddress,me),sharedWithMeTime,sharingUser(emailAddress),permissions";
    const { body } = await drive.json(`${FILES}/${fileId}?fields=${fields}`);
    expect(body).toEqual({
      id: fileId,
      ownedByMe: false,
      shared: true,
      owners: [{ emailAddress: "bob@example.com", me: false }],
      sharedWithMeTime: expect.stringMatching(/^2026-11-23T10:0\d:00\.000Z$/) as string,
      sharingUser: { emailAddress: "bob@example.com" },
    });
    const own = await drive.json(`${FILES}/${fileId}?fields=parents,ownedByMe,sharedWithMeTime,shared`, BOB);
    expect(own.body).toEqual({ parents: [folderId], ownedByMe: true, shared: true });
  });

  it("is found by sharedWithMe and in the whole listing, and by no parent", async () => {
    share(fileId, "reader");
    expect(await found("sharedWithMe")).toContain(fileId);
    expect(await found("sharedWithMe = true and mimeType = 'text/plain'")).toContain(fileId);
    expect(await found("sharedWithMe = false")).not.toContain(fileId);
    expect(await found("trashed = false")).toContain(fileId);
    expect(await found("'root' in parents")).not.toContain(fileId);
    expect(await found(`'${folderId}' in parents`)).toEqual([]);
    expect(await found("sharedWithMe", BOB)).toEqual([]);
  });

  it("is 404 again when it is shared no longer", async () => {
    share(fileId, "writer");
    drive.store.unshareFile(fileId, drive.alice.permissionId);
    expect((await drive.json(`${FILES}/${fileId}`)).status).toBe(404);
    expect(await found("sharedWithMe")).not.toContain(fileId);
  });

  it("is granted to each user's application apart under drive.file", async () => {
    share(fileId, "writer");
    const scopes = ["drive.file"];
    drive.store.grantFile({ clientId: "app", sub: "102", fileId });
    expect((await drive.json(`${FILES}/${fileId}`, { scopes })).status).toBe(404);
    expect((await drive.json(`${FILES}/${fileId}`, { scopes, ...BOB })).status).toBe(200);
    drive.store.grantFile({ clientId: "app", sub: "101", fileId });
    expect((await drive.json(`${FILES}/${fileId}`, { scopes })).status).toBe(200);
    expect(await found("sharedWithMe", { scopes })).toEqual([fileId]);
  });
});

describe("what lies in a folder of Bob's that is shared with Alice", () => {
  it("is seen with its parent, but is not shared with her by itself", async () => {
    share(folderId, "reader");
    const { body } = await drive.json(`${FILES}/${fileId}?fields=parents,sharedWithMeTime`);
    expect(body).toEqual({ parents: [folderId] });
    expect(await found(`'${folderId}' in parents`)).toEqual([fileId]);
    expect(await found("name = 'a.txt'")).toContain(fileId);
    expect(await found("sharedWithMe")).toEqual(expect.arrayContaining([folderId]));
    expect(await found("sharedWithMe")).not.toContain(fileId);
  });

  it("belongs to whoever made it, and goes to that one's root when the folder is deleted", async () => {
    share(folderId, "writer");
    const body = { name: "hers", parents: [folderId] };
    const made = await drive.json(`${FILES}?fields=id,ownedByMe,parents`, { method: "POST", body });
    expect(made.body).toMatchObject({ ownedByMe: true, parents: [folderId] });
    const seen = await drive.json(
      `${FILES}/${made.body.id}?fields=ownedByMe,capabilities(canEdit,canDelete)`,
      BOB,
    );
    expect(seen.body).toEqual({ ownedByMe: false, capabilities: { canEdit: true, canDelete: false } });
    expect(await found("name = 'hers'", BOB)).toContain(made.body.id);
    await drive.json(`${FILES}/${folderId}`, { method: "DELETE", ...BOB });
    const after = await drive.json(`${FILES}/${made.body.id}?fields=parents`);
    expect(after.body).toEqual({ parents: [drive.store.rootId("101")] });
    expect((await drive.json(`${FILES}/${fileId}`, BOB)).status).toBe(404);
  });

  it("is an orphan when only it stays shared: get works, and it lists under no parent", async () => {
    share(folderId, "reader");
    share(fileId, "reader");
    drive.store.unshareFile(folderId, drive.alice.permissionId);
    expect((await drive.json(`${FILES}/${fileId}?fields=id,parents`)).body).toEqual({ id: fileId });
    expect(await found(`'${folderId}' in parents`)).toEqual([]);
  });
});

describe("somebody else's file", () => {
  const writes = [
    ["rename", "PATCH", { name: "b" }, ["writer"]],
    ["describe", "PATCH", { description: "b" }, ["writer"]],
    ["trash", "PATCH", { trashed: true }, []],
    ["delete", "DELETE", undefined, []],
  ] as const;

  it.each(writes)("to %s it takes the right role, else 403 insufficientFilePermissions", async (...args) => {
    const [, method, body, allowed] = args;
    for (const role of ["reader", "commenter", "writer"] as const) {
      const id = addFile();
      share(id, role);
      const { status, reason } = await drive.json(`${FILES}/${id}`, { method, body });
      const isAllowed = (allowed as readonly string[]).includes(role);
      expect([role, status < 300 ? "allowed" : reason]).toEqual([
        role,
        isAllowed ? "allowed" : "insufficientFilePermissions",
      ]);
    }
  });

  it("takes new bytes from a writer and none from a reader, and tells who changed it last", async () => {
    const upload = (id: string) =>
      drive.call(`/upload${FILES}/${id}?uploadType=media`, {
        method: "PATCH",
        body: "new",
        headers: { "content-type": "text/plain" },
      });
    share(fileId, "reader");
    expect((await upload(fileId)).status).toBe(403);
    share(fileId, "writer");
    expect((await upload(fileId)).status).toBe(200);
    const { body } = await drive.json(
      `${FILES}/${fileId}?fields=lastModifyingUser(emailAddress),modifiedByMe`,
      BOB,
    );
    expect(body).toEqual({ lastModifyingUser: { emailAddress: ALICE }, modifiedByMe: false });
  });

  it("has capabilities that say what each role may do", async () => {
    const fields =
      "capabilities(canEdit,canComment,canShare,canTrash,canDelete,canDownload,canCopy,canAddChildren)";
    const of = async (role: Exclude<Role, "owner">) => {
      share(fileId, role);
      return (await drive.json(`${FILES}/${fileId}?fields=${fields}`)).body.capabilities;
    };
    const reads = {
      canDownload: true,
      canCopy: true,
      canTrash: false,
      canDelete: false,
      canAddChildren: false,
    };
    expect(await of("reader")).toEqual({ ...reads, canEdit: false, canComment: false, canShare: false });
    expect(await of("commenter")).toEqual({ ...reads, canEdit: false, canComment: true, canShare: false });
    expect(await of("writer")).toEqual({ ...reads, canEdit: true, canComment: true, canShare: true });
    share(folderId, "reader");
    const path = `${FILES}/${folderId}?fields=capabilities(canAddChildren,canCopy)`;
    expect((await drive.json(path)).body.capabilities).toEqual({ canAddChildren: false, canCopy: false });
    share(folderId, "writer");
    expect((await drive.json(path)).body.capabilities).toEqual({ canAddChildren: true, canCopy: false });
  });

  it("takes no files from a reader: insufficientParentPermissions", async () => {
    share(folderId, "reader");
    const answer = await drive.json(FILES, { method: "POST", body: { parents: [folderId] } });
    expect(answer).toMatchObject({ status: 403, reason: "insufficientParentPermissions" });
  });

  it("gives readers no bytes when its owner says so, at any time between listing and fetching", async () => {
    share(fileId, "reader");
    const download = () => drive.json(`${FILES}/${fileId}?alt=media`).catch(() => null);
    expect((await drive.call(`${FILES}/${fileId}?alt=media`)).status).toBe(200);
    const body = { copyRequiresWriterPermission: true };
    await drive.json(`${FILES}/${fileId}`, { method: "PATCH", body, ...BOB });
    expect(await download()).toMatchObject({ status: 403, reason: "cannotDownloadFile" });
    const fields = "copyRequiresWriterPermission,viewersCanCopyContent,capabilities(canDownload,canCopy)";
    expect((await drive.json(`${FILES}/${fileId}?fields=${fields}`)).body).toEqual({
      copyRequiresWriterPermission: true,
      viewersCanCopyContent: false,
      capabilities: { canDownload: false, canCopy: false },
    });
    share(fileId, "writer");
    expect((await drive.call(`${FILES}/${fileId}?alt=media`)).status).toBe(200);
  });
});

describe("a search for people", () => {
  it("tells owners, writers and readers apart", async () => {
    const own = addFile({}, "101");
    share(fileId, "reader");
    expect(await found("'me' in owners")).toContain(own);
    expect(await found("'me' in owners")).not.toContain(fileId);
    expect(await found("'bob@example.com' in owners")).toContain(fileId);
    expect(await found("'me' in readers")).toEqual(expect.arrayContaining([own, fileId]));
    expect(await found("'me' in writers")).not.toContain(fileId);
    share(fileId, "writer");
    expect(await found("'me' in writers")).toContain(fileId);
    expect(await found("'bob@example.com' in writers")).toContain(fileId);
    expect(await found("'carol@example.com' in readers")).toEqual([]);
  });

  it("tells how far a file is known by visibility", async () => {
    const ofEach = [
      ["limited", null],
      ["anyoneWithLink", { type: "anyone", allowFileDiscovery: false }],
      ["anyoneCanFind", { type: "anyone", allowFileDiscovery: true }],
      ["domainWithLink", { type: "domain", domain: "example.com", allowFileDiscovery: false }],
      ["domainCanFind", { type: "domain", domain: "example.com", allowFileDiscovery: true }],
    ] as const;
    for (const [visibility, to] of ofEach) {
      const id = addFile();
      if (to !== null) drive.store.shareFile(id, { to, role: "reader" });
      const all = await Promise.all(
        ofEach.map(async ([name]) => [name, await found(`visibility = '${name}'`, BOB)]),
      );
      expect(all.filter(([, ids]) => ids?.includes(id)).map(([name]) => name)).toEqual([visibility]);
      expect(await found(`visibility != '${visibility}'`, BOB)).not.toContain(id);
    }
  });

  it("sorts and compares by the time of sharing", async () => {
    const later = addFile();
    share(fileId, "reader");
    drive.advance(5000);
    share(later, "reader");
    const q = encodeURIComponent("sharedWithMe");
    const { body } = await drive.json(
      `${FILES}?q=${q}&orderBy=${encodeURIComponent("sharedWithMeTime desc")}`,
    );
    const ids = body.files.map(({ id }) => id);
    expect(ids.indexOf(later)).toBeLessThan(ids.indexOf(fileId));
    expect(await found("sharedWithMeTime > '2026-11-23T10:00:00'")).toContain(later);
    expect(await found("sharedWithMeTime > '2030-01-01'")).toEqual([]);
  });
});

describe("a link", () => {
  const anyone = { type: "anyone", allowFileDiscovery: false } as const;

  it("lets everybody who has it read, and is listed only once it was opened", async () => {
    drive.store.shareFile(fileId, { to: anyone, role: "reader" });
    expect((await drive.json(`${FILES}/${fileId}`)).status).toBe(200);
    expect(await found("name = 'a.txt'")).not.toContain(fileId);
    drive.store.markOpened({ sub: "101", fileId });
    expect(await found("name = 'a.txt'")).toContain(fileId);
    expect(await found("sharedWithMe")).toContain(fileId);
  });

  it("to a folder opens what is in it", async () => {
    drive.store.shareFile(folderId, { to: anyone, role: "reader" });
    expect(await found(`'${folderId}' in parents`)).toEqual([fileId]);
  });

  it("for a domain is for its accounts alone, who find it with corpora=domain when it can be found", async () => {
    const domain = { type: "domain", domain: "example.com" } as const;
    const own = addFile({}, "101");
    drive.store.shareFile(own, { to: { ...domain, allowFileDiscovery: true }, role: "reader" });
    expect((await drive.json(`${FILES}/${own}`, BOB)).status).toBe(200);
    expect((await drive.json(`${FILES}?corpora=domain`, BOB)).body.files.map(({ id }) => id)).toContain(own);
    drive.store.shareFile(fileId, { to: { ...domain, allowFileDiscovery: false }, role: "reader" });
    expect((await drive.json(`${FILES}/${fileId}`)).status).toBe(404);
  });
});

describe("a trashed folder", () => {
  it("trashes what is in it, which is not explicitly trashed and still downloaded", async () => {
    drive.store.update(folderId, { trashed: true });
    const { body } = await drive.json(`${FILES}/${fileId}?fields=trashed,explicitlyTrashed,trashedTime`, BOB);
    expect(body).toEqual({ trashed: true, explicitlyTrashed: false });
    expect((await drive.call(`${FILES}/${fileId}?alt=media`, BOB)).status).toBe(200);
  });

  it("is found as trashed, and so is what is in it", async () => {
    const inner = drive.store.addFolder("102", { name: "inner", parentId: folderId });
    drive.store.update(folderId, { trashed: true });
    expect(await found(`mimeType = '${FOLDER_MIME}' and trashed = true`, BOB)).toEqual(
      expect.arrayContaining([folderId, inner.id]),
    );
  });
});
