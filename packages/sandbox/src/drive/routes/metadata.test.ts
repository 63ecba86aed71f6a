import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FILE_SHAPE } from "../fields/resource-shapes.ts";
import { FOLDER_MIME, SHORTCUT_MIME } from "../file.ts";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

function addFile(name = "a.txt") {
  return drive.store.addFile("101", { name, mimeType: "text/plain", content: Buffer.from("hello") });
}

describe("whoever calls", () => {
  it("gets 403 without a token and 401 with a bad one", async () => {
    const without = await drive.json("/drive/v3/files", { scopes: null });
    expect(without).toMatchObject({
      status: 403,
      reason: "forbidden",
      body: { error: { status: "PERMISSION_DENIED" } },
    });
    const bad = await drive.json("/drive/v3/files", { email: "nobody@example.com" });
    expect(bad).toMatchObject({
      status: 401,
      reason: "authError",
      body: { error: { status: "UNAUTHENTICATED" } },
    });
  });

  it("needs a scope for Drive, and one that writes for writing", async () => {
    const none = await drive.json("/drive/v3/files", { scopes: ["userinfo.email"] });
    expect(none).toMatchObject({ status: 403, reason: "insufficientPermissions" });
    expect(none.body.error).toMatchObject({ details: [{ reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" }] });
    const writing = await drive.json("/drive/v3/files", {
      method: "POST",
      body: {},
      scopes: ["drive.readonly"],
    });
    expect(writing).toMatchObject({ status: 403, reason: "insufficientPermissions" });
    const file = addFile();
    const bytes = await drive.json(`/drive/v3/files/${file.id}?alt=media`, {
      scopes: ["drive.metadata.readonly"],
    });
    expect(bytes).toMatchObject({ status: 403, reason: "insufficientPermissions" });
  });

  it("does not see other people's files", async () => {
    const file = addFile();
    const answer = await drive.json(`/drive/v3/files/${file.id}`, { email: "bob@example.com" });
    expect(answer).toMatchObject({ status: 404, reason: "notFound" });
    expect(answer.body.error.message).toBe(`File not found: ${file.id}.`);
    const folder = await drive.json("/drive/v3/files", {
      method: "POST",
      email: "bob@example.com",
      body: { parents: [drive.store.rootId("101")] },
    });
    expect(folder.status).toBe(404);
  });
});

describe("under drive.file an application", () => {
  const scopes = ["drive.file"];

  it("sees the files that it made or was given, and no others", async () => {
    const file = addFile();
    expect((await drive.json(`/drive/v3/files/${file.id}`, { scopes })).status).toBe(404);
    drive.store.grantFile({ clientId: "app", sub: "101", fileId: file.id });
    expect((await drive.json(`/drive/v3/files/${file.id}`, { scopes })).status).toBe(200);
    expect((await drive.json(`/drive/v3/files/${file.id}`, { scopes, clientId: "other" })).status).toBe(404);
    drive.store.revokeFileGrants({ clientId: "app", sub: "101" });
    expect((await drive.json(`/drive/v3/files/${file.id}`, { scopes })).status).toBe(404);
  });

  it("makes files in folders that it does not see, and lists its own alone", async () => {
    const folder = drive.store.addFolder("101", { name: "Private" });
    drive.store.addFile("101", {
      name: "hidden",
      mimeType: "text/plain",
      content: null,
      parentId: folder.id,
    });
    const body = { name: "made", parents: [folder.id] };
    const made = await drive.json("/drive/v3/files?fields=id,parents", { method: "POST", scopes, body });
    expect(made).toMatchObject({ status: 200, body: { parents: [folder.id] } });
    expect((await drive.json(`/drive/v3/files/${folder.id}`, { scopes })).status).toBe(404);
    const q = encodeURIComponent(`'${folder.id}' in parents`);
    const list = await drive.json(`/drive/v3/files?q=${q}`, { scopes });
    expect(list.body.files.map(({ id }) => id)).toEqual([made.body.id]);
    const unknown = await drive.json(`/drive/v3/files?q=${encodeURIComponent("'nowhere' in parents")}`, {
      scopes,
    });
    expect(unknown).toMatchObject({ status: 200, body: { files: [] } });
  });

  it("may not write to a file that it only sees", async () => {
    const file = addFile();
    const both = { scopes: ["drive.file", "drive.readonly"] };
    const answer = await drive.json(`/drive/v3/files/${file.id}`, {
      method: "PATCH",
      body: { name: "x" },
      ...both,
    });
    expect(answer).toMatchObject({ status: 403, reason: "appNotAuthorizedToFile" });
  });

  it("has no bytes of files that it knows by another scope's metadata alone", async () => {
    const file = addFile();
    const document = drive.store.addFile("101", {
      name: "Letter",
      mimeType: "application/vnd.google-apps.document",
      content: null,
    });
    const both = { scopes: ["drive.file", "drive.metadata.readonly"] };
    const exported = `/drive/v3/files/${document.id}/export?mimeType=text/plain`;
    for (const path of [`/drive/v3/files/${file.id}?alt=media`, exported]) {
      const refused = await drive.json(path, both);
      expect(refused).toMatchObject({ status: 403, reason: "appNotAuthorizedToFile" });
      expect(refused.body.error.message).toContain("read access");
    }
    drive.store.grantFile({ clientId: "app", sub: "101", fileId: file.id });
    expect((await drive.call(`/drive/v3/files/${file.id}?alt=media`, both)).status).toBe(200);
  });
});

describe("the kind of an item", () => {
  it("stays what it is, with bytes or without", async () => {
    const picture = addFile();
    const folder = drive.store.addFolder("101", { name: "Folder" });
    const kinds = [FOLDER_MIME, SHORTCUT_MIME, "application/vnd.google-apps.document"];
    const changes = [
      ...kinds.map((mimeType) => [picture.id, mimeType] as const),
      ...[folder.id, "root"].map((id) => [id, "image/png"] as const),
    ];
    for (const [id, mimeType] of changes) {
      const refused = await drive.json(`/drive/v3/files/${id}`, { method: "PATCH", body: { mimeType } });
      expect(refused).toMatchObject({ status: 400, reason: "badRequest" });
    }
    const uploaded = await drive.call(`/upload/drive/v3/files/${picture.id}?uploadType=media`, {
      method: "PATCH",
      headers: { "content-type": FOLDER_MIME },
      body: "bytes",
    });
    expect(uploaded.status).toBe(400);
    const changed = await drive.json(`/drive/v3/files/${picture.id}`, {
      method: "PATCH",
      body: { mimeType: "text/markdown" },
    });
    expect(changed).toMatchObject({ status: 200, body: { mimeType: "text/markdown" } });
  });
});

describe("a file's metadata", () => {
  it("are few by default, and sizes are strings", async () => {
    const file = addFile();
    const few = await drive.json(`/drive/v3/files/${file.id}`);
    expect(Object.keys(few.body)).toEqual(["kind", "id", "name", "mimeType"]);
    const asked = await drive.json(`/drive/v3/files/${file.id}?fields=size,version,md5Checksum`);
    expect(asked.body).toEqual({ version: "1", md5Checksum: "5d41402abc4b2a76b9719d911017c592", size: "5" });
  });

  it("have no names but those of the resource", async () => {
    const file = addFile();
    const { body } = await drive.json(`/drive/v3/files/${file.id}?fields=*`);
    for (const name of Object.keys(body)) expect(FILE_SHAPE).toHaveProperty(name);
  });

  it("are indented unless the caller declines", async () => {
    const file = addFile();
    expect(await (await drive.call(`/drive/v3/files/${file.id}`)).text()).toContain('\n  "kind"');
    expect(await (await drive.call(`/drive/v3/files/${file.id}?prettyPrint=false`)).text()).not.toContain(
      "\n",
    );
  });

  it("of a shortcut tell the target and the type that it had, whatever became of it", async () => {
    const target = addFile();
    const body = { name: "link", mimeType: SHORTCUT_MIME, shortcutDetails: { targetId: target.id } };
    const path = "/drive/v3/files?fields=id,shortcutDetails";
    const { body: made } = await drive.json(path, { method: "POST", body });
    expect(made).toMatchObject({ shortcutDetails: { targetId: target.id, targetMimeType: "text/plain" } });
    drive.store.remove(target.id);
    const later = await drive.json(`/drive/v3/files/${made.id}?fields=shortcutDetails`);
    expect(later.body).toEqual({ shortcutDetails: { targetId: target.id, targetMimeType: "text/plain" } });
  });

  it("of about need a mask", async () => {
    expect(await drive.json("/drive/v3/about")).toMatchObject({ status: 400, reason: "required" });
    const answer = await drive.json("/drive/v3/about?fields=user(emailAddress),storageQuota/usageInDrive");
    expect(answer.body).toEqual({
      user: { emailAddress: "alice@example.com" },
      storageQuota: { usageInDrive: String(drive.store.storageOf("101").usedBytes) },
    });
  });
});

describe("a file that is made", () => {
  it("is empty, in the root and called Untitled when nothing else is said", async () => {
    const path = "/drive/v3/files?fields=name,size,parents,mimeType";
    const { body } = await drive.json(path, { method: "POST", body: {} });
    const parents = [drive.store.rootId("101")];
    expect(body).toEqual({ name: "Untitled", size: "0", parents, mimeType: "application/octet-stream" });
  });

  it("may have an id reserved beforehand, once", async () => {
    const { body: reserved } = await drive.json("/drive/v3/files/generateIds?count=3&space=drive&type=files");
    expect(reserved).toMatchObject({ kind: "drive#generatedIds", space: "drive" });
    expect(new Set(reserved.ids).size).toBe(3);
    const body = { id: reserved.ids[0], name: "Folder", mimeType: FOLDER_MIME };
    expect((await drive.json("/drive/v3/files", { method: "POST", body })).body.id).toBe(reserved.ids[0]);
    const again = await drive.json("/drive/v3/files", { method: "POST", body });
    expect(again).toMatchObject({ status: 409, reason: "fileIdInUse" });
  });

  it("may not have a made-up id, another user's, or one when it is a document", async () => {
    const post = { method: "POST" };
    const { ids } = (await drive.json("/drive/v3/files/generateIds?count=1")).body;
    expect((await drive.json("/drive/v3/files", { ...post, body: { id: "1".repeat(33) } })).status).toBe(400);
    const bob = await drive.json("/drive/v3/files", {
      ...post,
      email: "bob@example.com",
      body: { id: ids[0] },
    });
    expect(bob.status).toBe(400);
    const body = { id: ids[0], mimeType: "application/vnd.google-apps.document" };
    expect((await drive.json("/drive/v3/files", { ...post, body })).status).toBe(400);
  });

  it("needs one parent that is there and is a folder", async () => {
    const file = addFile();
    const create = (parents: string[]) =>
      drive.json("/drive/v3/files", { method: "POST", body: { parents } });
    expect((await create(["nowhere"])).body.error.message).toBe("File not found: nowhere.");
    expect(await create([file.id])).toMatchObject({ status: 403, reason: "parentNotAFolder" });
    expect((await create(["root", file.id])).status).toBe(403);
    expect((await create(["root"])).status).toBe(200);
  });

  it("is refused when the body is no JSON object, or not said to be JSON", async () => {
    const send = (body: string, type: string) =>
      drive.call("/drive/v3/files", { method: "POST", body, headers: { "content-type": type } });
    expect((await send("{", "application/json")).status).toBe(400);
    expect((await send("[]", "application/json")).status).toBe(400);
    expect((await send("{}", "text/plain")).status).toBe(400);
    expect((await send('{"name":7}', "application/json")).status).toBe(400);
    expect((await send('{"size":"7"}', "application/json")).status).toBe(403);
  });
});

describe("a file that is changed", () => {
  it("takes new names, properties of the application, and counts its version up", async () => {
    const { id } = addFile();
    const patch = (body: object) =>
      drive.json(`/drive/v3/files/${id}?fields=name,version,appProperties`, { method: "PATCH", body });
    expect((await patch({ name: "b", appProperties: { job: "1", item: "2" } })).body).toEqual({
      name: "b",
      version: "2",
      appProperties: { job: "1", item: "2" },
    });
    expect((await patch({ appProperties: { job: null } })).body).toMatchObject({
      appProperties: { item: "2" },
    });
    const other = await drive.json(`/drive/v3/files/${id}?fields=appProperties`, { clientId: "other" });
    expect(other.body).toEqual({});
  });

  it("moves from one folder to another, but lies in one alone and never below itself", async () => {
    const { id } = addFile();
    const outer = drive.store.addFolder("101", { name: "outer" });
    const inner = drive.store.addFolder("101", { name: "inner", parentId: outer.id });
    const patch = (file: string, query: string, body = {}) =>
      drive.json(`/drive/v3/files/${file}?fields=parents&${query}`, { method: "PATCH", body });
    expect(await patch(id, `addParents=${outer.id}`)).toMatchObject({
      status: 403,
      reason: "cannotAddParent",
    });
    const moved = await patch(id, `addParents=${outer.id}&removeParents=root`);
    expect(moved.body).toEqual({ parents: [outer.id] });
    expect((await patch(outer.id, `addParents=${inner.id}&removeParents=root`)).status).toBe(403);
    expect((await patch(id, "", { parents: ["root"] })).reason).toBe("fieldNotWritable");
  });

  it("is trashed with its folder, though not by itself", async () => {
    const folder = drive.store.addFolder("101", { name: "f" });
    const input = { name: "in", mimeType: "text/plain", content: new Uint8Array(), parentId: folder.id };
    const file = drive.store.addFile("101", input);
    await drive.json(`/drive/v3/files/${folder.id}`, { method: "PATCH", body: { trashed: true } });
    const { body } = await drive.json(`/drive/v3/files/${file.id}?fields=trashed,explicitlyTrashed`);
    expect(body).toEqual({ trashed: true, explicitlyTrashed: false });
  });

  it("is deleted for good with 204, and with all that lies in it", async () => {
    const folder = drive.store.addFolder("101", { name: "f" });
    const input = { name: "in", mimeType: "text/plain", content: new Uint8Array(), parentId: folder.id };
    const file = drive.store.addFile("101", input);
    const answer = await drive.call(`/drive/v3/files/${folder.id}`, { method: "DELETE" });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("content-type")).toBe("text/html");
    expect((await drive.json(`/drive/v3/files/${file.id}`)).status).toBe(404);
    expect((await drive.json("/drive/v3/files/root", { method: "DELETE" })).status).toBe(403);
  });
});
