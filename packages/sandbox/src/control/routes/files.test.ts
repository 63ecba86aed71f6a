import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Sandbox } from "../../create-sandbox.ts";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

const PNG = { email: "alice@example.com", name: "a.png", mimeType: "image/png" };
const FOLDER = { ...PNG, name: "Photos", mimeType: "application/vnd.google-apps.folder" };
const READ = "https://www.googleapis.com/auth/drive.readonly";

/** Makes a file over HTTP and gives its id. */
async function added(sandbox: Sandbox, file: object): Promise<string> {
  const { status, body } = await callControl(sandbox, "POST /files", file);
  expect(status).toBe(201);
  return String(body.id);
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

describe("files over HTTP", () => {
  it("are made with bytes and flags, and are seen by a client at once", () =>
    withSandbox(async ({ sandbox, client }) => {
      const parentId = await added(sandbox, FOLDER);
      const id = await added(sandbox, {
        ...PNG,
        parentId,
        contentBase64: base64("png"),
        description: "a picture",
        starred: true,
        createdTime: "2020-01-01T00:00:00Z",
        imageMediaMetadata: { width: 3, height: 2, location: { latitude: 1 } },
        properties: { colour: "red" },
      });
      const { body: tokens } = await client.connect({ scope: READ });
      const fields = "parents,size,description,starred,createdTime,imageMediaMetadata,properties";
      const { body } = await client.get(`/drive/v3/files/${id}?fields=${fields}`, tokens.access_token);
      expect(body).toEqual({
        parents: [parentId],
        size: "3",
        description: "a picture",
        starred: true,
        createdTime: "2020-01-01T00:00:00.000Z",
        imageMediaMetadata: { width: 3, height: 2, location: { latitude: 1 } },
        properties: { colour: "red" },
      });
    }));

  it("are listed by person, folder and name, page by page", () =>
    withSandbox(async ({ sandbox }) => {
      const folder = await added(sandbox, FOLDER);
      const inFolder = await added(sandbox, { ...PNG, parentId: folder, contentBase64: base64("1") });
      const atTop = await added(sandbox, { ...PNG, trashed: true });
      const bobs = await added(sandbox, { ...PNG, email: "bob@example.com" });
      const idsOf = async (query: string) => {
        const { body } = await callControl(sandbox, `GET /files?${query}`);
        return { total: body.total, ids: (body.files as { id: string }[]).map(({ id }) => id) };
      };
      expect(await idsOf("")).toEqual({ total: 4, ids: [folder, inFolder, atTop, bobs] });
      expect(await idsOf("email=bob@example.com")).toEqual({ total: 1, ids: [bobs] });
      expect(await idsOf(`parentId=${folder}`)).toEqual({ total: 1, ids: [inFolder] });
      expect(await idsOf("email=alice@example.com&name=a.png")).toEqual({ total: 2, ids: [inFolder, atTop] });
      expect(await idsOf("offset=1&limit=2")).toEqual({ total: 4, ids: [inFolder, atTop] });
      expect((await callControl(sandbox, `GET /files/${inFolder}`)).body).toMatchObject({
        id: inFolder,
        email: "alice@example.com",
        name: "a.png",
        mimeType: "image/png",
        parentId: folder,
        sizeBytes: 1,
        trashed: false,
        sha256: createHash("sha256").update("1").digest("hex"),
      });
      expect((await callControl(sandbox, `GET /files/${folder}`)).body).toMatchObject({
        sizeBytes: null,
        sha256: null,
      });
    }));

  it("change their bytes behind the client's back: new revision, digests, version and time", () =>
    withSandbox(async ({ sandbox, client }) => {
      const id = await added(sandbox, { ...PNG, contentBase64: base64("old") });
      const { body: tokens } = await client.connect({ scope: READ });
      const path = `/drive/v3/files/${id}?fields=md5Checksum,headRevisionId,modifiedTime,size`;
      const { body: before } = await client.get(path, tokens.access_token);
      await callControl(sandbox, "PUT /clock", { advanceSeconds: 60 });
      const { status, body } = await callControl(sandbox, `PATCH /files/${id}`, {
        contentBase64: base64("newer"),
      });
      expect([status, body.sizeBytes, body.version]).toEqual([200, 5, 2]);
      const { body: after } = await client.get(path, tokens.access_token);
      expect(after.md5Checksum).toBe(createHash("md5").update("newer").digest("hex"));
      expect(after.headRevisionId).not.toBe(before.headRevisionId);
      expect(after.modifiedTime).toBe("2026-01-15T12:01:00.000Z");
    }));

  it("keep their time of modification when flags change, and take the one that they are given", () =>
    withSandbox(async ({ sandbox }) => {
      const id = await added(sandbox, PNG);
      await callControl(sandbox, "PUT /clock", { advanceSeconds: 60 });
      const { body: flagged } = await callControl(sandbox, `PATCH /files/${id}`, {
        canDownload: false,
        abusive: true,
      });
      expect(flagged).toMatchObject({
        canDownload: false,
        abusive: true,
        modifiedTime: "2026-01-15T12:00:00.000Z",
      });
      const change = { name: "b.png", modifiedTime: "2021-01-01T00:00:00Z" };
      const { body: renamed } = await callControl(sandbox, `PATCH /files/${id}`, change);
      expect(renamed).toMatchObject({ name: "b.png", modifiedTime: "2021-01-01T00:00:00.000Z" });
    }));

  it("give their bytes whatever their flags say, as nothing that a browser would run", () =>
    withSandbox(async ({ sandbox }) => {
      const file = { ...PNG, mimeType: "text/html", canDownload: false, contentBase64: base64("<script>") };
      const id = await added(sandbox, file);
      const response = await fetch(`${sandbox.origin}/sandbox/api/files/${id}/content`);
      expect(await response.text()).toBe("<script>");
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-type": "application/octet-stream",
        "content-disposition": "attachment",
        "x-content-type-options": "nosniff",
      });
    }));

  it("are as large as sizeBytes says, with true digests of the bytes made up", () =>
    withSandbox(async ({ sandbox }) => {
      const id = await added(sandbox, { ...PNG, sizeBytes: 300_000 });
      const response = await fetch(`${sandbox.origin}/sandbox/api/files/${id}/content`);
      const bytes = Buffer.from(await response.arrayBuffer());
      const { body } = await callControl(sandbox, `GET /files/${id}`);
      expect(bytes.byteLength).toBe(300_000);
      expect(body.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    }));

  it("get other bytes of the same size when the size is ordered again", () =>
    withSandbox(async ({ sandbox }) => {
      const id = await added(sandbox, { ...PNG, sizeBytes: 1000 });
      const before = (await callControl(sandbox, `GET /files/${id}`)).body;
      const { body: after } = await callControl(sandbox, `PATCH /files/${id}`, { sizeBytes: 1000 });
      expect(after.sizeBytes).toBe(1000);
      expect(after.sha256).not.toBe(before.sha256);
    }));

  it("are moved, and removed with all that lies below", () =>
    withSandbox(async ({ sandbox }) => {
      const folder = await added(sandbox, FOLDER);
      const id = await added(sandbox, PNG);
      expect((await callControl(sandbox, `PATCH /files/${id}`, { parentId: folder })).body.parentId).toBe(
        folder,
      );
      expect(await callControl(sandbox, `DELETE /files/${folder}`)).toMatchObject({
        status: 204,
        body: null,
      });
      expect(sandbox.drive.get(id)).toBeUndefined();
    }));

  it("of Docs editors have exports and no bytes", () =>
    withSandbox(async ({ sandbox }) => {
      const mimeType = "application/vnd.google-apps.document";
      const id = await added(sandbox, { ...PNG, mimeType, exportsBase64: { "text/plain": base64("words") } });
      expect(sandbox.drive.get(id)?.exports.get("text/plain")).toEqual(Buffer.from("words"));
      const { status, body } = await callControl(sandbox, `GET /files/${id}/content`);
      expect([status, body.error?.code]).toEqual([409, "no_content"]);
      const change = await callControl(sandbox, `PATCH /files/${id}`, { contentBase64: "" });
      expect([change.status, change.body.error?.field]).toEqual([400, "contentBase64"]);
    }));

  it.each([
    [{ ...PNG, email: "eve@example.com" }, 404, "unknown_account", "email"],
    [{ ...PNG, parentId: "none" }, 404, "unknown_file", "parentId"],
    [{ ...PNG, contentBase64: "???" }, 400, "invalid_value", "contentBase64"],
    [{ ...PNG, contentBase64: "", sizeBytes: 1 }, 400, "invalid_value", undefined],
    [{ ...PNG, sizeBytes: -1 }, 400, "invalid_value", "sizeBytes"],
    [{ ...PNG, sizeBytes: 1e300 }, 400, "invalid_value", "sizeBytes"],
    [{ ...PNG, createdTime: "yesterday" }, 400, "invalid_value", "createdTime"],
    [{ ...PNG, createdTime: "2020-01-01T00:00Z" }, 400, "invalid_value", "createdTime"],
    [{ ...PNG, id: "a/b" }, 400, "invalid_value", "id"],
    [{ ...PNG, imageMediaMetadata: { wide: 1 } }, 400, "unknown_member", "imageMediaMetadata.wide"],
    [{ ...FOLDER, contentBase64: "" }, 400, "invalid_value", "contentBase64"],
    [{ ...PNG, mimeType: "" }, 400, "invalid_value", "mimeType"],
    [{ ...PNG, mimeType: "image/png\r\nX: 1" }, 400, "invalid_value", "mimeType"],
    [{ ...PNG, mimeType: "image/☃" }, 400, "invalid_value", "mimeType"],
    [{ ...PNG, exportsBase64: { text: "" } }, 400, "invalid_value", "exportsBase64.text"],
    [{ email: "alice@example.com", name: "a" }, 400, "invalid_value", "mimeType"],
  ])("are not made from %j", (file, status, code, field) =>
    withSandbox(async ({ sandbox }) => {
      const answer = await callControl(sandbox, "POST /files", file);
      expect([answer.status, answer.body.error?.code, answer.body.error?.field]).toEqual([
        status,
        code,
        field,
      ]);
      expect((await callControl(sandbox, "GET /files")).body.total).toBe(0);
    }),
  );

  it("stay of the kind that they are", () =>
    withSandbox(async ({ sandbox }) => {
      for (const [file, mimeType] of [
        [PNG, FOLDER.mimeType],
        [FOLDER, PNG.mimeType],
      ] as const) {
        const { status, body } = await callControl(sandbox, `PATCH /files/${await added(sandbox, file)}`, {
          mimeType,
        });
        expect([status, body.error?.code, body.error?.field]).toEqual([409, "other_kind", "mimeType"]);
      }
    }));

  it("keep their MIME type when they are given what is none", () =>
    withSandbox(async ({ sandbox }) => {
      const id = await added(sandbox, PNG);
      const { status, body } = await callControl(sandbox, `PATCH /files/${id}`, { mimeType: "image/☃" });
      expect([status, body.error?.code, body.error?.field]).toEqual([400, "invalid_value", "mimeType"]);
      expect(sandbox.drive.get(id)?.mimeType).toBe("image/png");
    }));

  it("are refused an id that is taken, a place in a file, in themselves, or with somebody else", () =>
    withSandbox(async ({ sandbox }) => {
      const id = await added(sandbox, { ...PNG, id: "my-own-id" });
      const folder = await added(sandbox, FOLDER);
      const below = await added(sandbox, { ...FOLDER, parentId: folder });
      const bobs = await added(sandbox, { ...FOLDER, email: "bob@example.com" });
      const root = sandbox.drive.rootId(sandbox.accounts[0]?.sub ?? "");
      const codeOf = async (call: string, body?: object) => {
        const answer = await callControl(sandbox, call, body);
        return [answer.status, answer.body.error?.code];
      };
      expect(id).toBe("my-own-id");
      expect(await codeOf("POST /files", { ...PNG, id })).toEqual([409, "id_taken"]);
      expect(await codeOf("POST /files", { ...PNG, parentId: id })).toEqual([409, "not_a_folder"]);
      expect(await codeOf("POST /files", { ...PNG, parentId: bobs })).toEqual([404, "unknown_file"]);
      expect(await codeOf(`PATCH /files/${folder}`, { parentId: below })).toEqual([409, "cyclic_folders"]);
      expect(await codeOf(`PATCH /files/${folder}`, { parentId: bobs })).toEqual([409, "other_drive"]);
      expect(await codeOf(`PATCH /files/${root}`, { parentId: folder })).toEqual([409, "root_folder"]);
      expect(await codeOf(`PATCH /files/${root}`, { trashed: true })).toEqual([409, "root_folder"]);
      expect(await codeOf(`DELETE /files/${root}`)).toEqual([409, "root_folder"]);
    }));

  it.each([
    "GET /files/none",
    "PATCH /files/none",
    "DELETE /files/none",
    "GET /files/none/content",
    "GET /files?parentId=none",
  ])("that are not there are a 404 unknown_file: %s", (call) =>
    withSandbox(async ({ sandbox }) => {
      const { status, body } = await callControl(sandbox, call);
      expect([status, body.error?.code]).toEqual([404, "unknown_file"]);
    }),
  );
});
