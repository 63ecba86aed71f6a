import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "./refusal-of.ts";
import { startTarget, type Target } from "./start-target.ts";

const FOLDER = "application/vnd.google-apps.folder";
const SHORTCUT = "application/vnd.google-apps.shortcut";
let target: Target;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

type Params = Parameters<Target["drive"]["files"]["create"]>[0];

async function create(requestBody: object, fields = "id", more: Partial<Params> = {}) {
  const parents = [target.folderId];
  const params = { requestBody: { parents, ...requestBody }, fields, ...more };
  const { data } = await target.drive.files.create(params, { rootUrl: target.rootUrl });
  return { ...data, id: data.id ?? "" };
}

describe("a file's metadata", () => {
  it("has kind, id, name and mimeType where no fields are asked for", async () => {
    const parents = [target.folderId];
    const { data: made } = await target.drive.files.create({ requestBody: { name: "plain", parents } });
    const { data: got } = await target.drive.files.get({ fileId: made.id ?? "" });
    for (const file of [made, got])
      expect(Object.keys(file).sort()).toEqual(["id", "kind", "mimeType", "name"]);
    expect(got.kind).toBe("drive#file");
  });

  it("has only what the mask names, kind included", async () => {
    const { id } = await create({ name: "masked" });
    const { data } = await target.drive.files.get({ fileId: id, fields: "name,capabilities/canDownload" });
    expect(data).toEqual({ name: "masked", capabilities: { canDownload: true } });
  });

  it("gives sizes and versions as strings and times with milliseconds", async () => {
    const { id } = await create({ name: "typed" });
    const { data } = await target.drive.files.get({ fileId: id, fields: "size,version,createdTime,parents" });
    expect(data.size).toBe("0");
    expect(data.version).toMatch(/^\d+$/);
    expect(data.createdTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(data.parents).toEqual([target.folderId]);
  });

  it("is called Untitled when nothing else is said, and is an empty file", async () => {
    const parents = [target.folderId];
    const { data } = await target.drive.files.create({
      requestBody: { parents },
      fields: "name,size,md5Checksum",
    });
    expect(data).toEqual({ name: "Untitled", size: "0", md5Checksum: "d41d8cd98f00b204e9800998ecf8427e" });
  });

  it("refuses a field that there is not, also the etag of older versions", async () => {
    for (const fields of ["foo", "id,etag", "capabilities/canFly"]) {
      const refused = await refusalOf(target.drive.files.get({ fileId: target.folderId, fields }));
      expect(refused).toMatchObject({ status: 400, reason: "invalidParameter", location: "fields" });
    }
  });

  it("keeps the times that a creation brings, to the millisecond", async () => {
    const times = { createdTime: "2020-02-29T12:34:56.789Z", modifiedTime: "2021-03-04T05:06:07.008Z" };
    const { id } = await create({ name: "dated", ...times });
    const { data } = await target.drive.files.get({ fileId: id, fields: "createdTime,modifiedTime" });
    expect(data).toEqual(times);
  });

  it("allows slashes, dots and one name twice", async () => {
    for (const name of ["a/b", "..", "twice", "twice"])
      expect((await create({ name }, "id,name")).name).toBe(name);
  });

  it("ignores If-Match, so that the last write wins", async () => {
    const { id } = await create({ name: "first" });
    const headers = { "If-Match": '"nonsense"' };
    const change = { fileId: id, requestBody: { name: "second" } };
    expect((await target.drive.files.update(change, { headers })).data.name).toBe("second");
  });

  it("keeps properties, and drops one that is set to null", async () => {
    const { id } = await create({
      name: "labelled",
      appProperties: { job: "7", item: "1" },
      properties: { a: "b" },
    });
    const requestBody = { appProperties: { item: null as unknown as string } };
    const fields = "appProperties,properties";
    const { data } = await target.drive.files.update({ fileId: id, requestBody, fields });
    expect(data).toEqual({ appProperties: { job: "7" }, properties: { a: "b" } });
  });
});

describe("where a file lies", () => {
  it("changes by addParents and removeParents, not by the body", async () => {
    const { id: folderId } = await create({ name: "elsewhere", mimeType: FOLDER });
    const { id } = await create({ name: "moving" });
    const refused = await refusalOf(
      target.drive.files.update({ fileId: id, requestBody: { parents: [folderId] } }),
    );
    expect(refused).toMatchObject({ status: 403, reason: "fieldNotWritable" });
    const move = { fileId: id, addParents: folderId, removeParents: target.folderId, fields: "parents" };
    expect((await target.drive.files.update(move)).data.parents).toEqual([folderId]);
  });

  it("is one folder, and one that exists", async () => {
    const missing = `1${"x".repeat(32)}`;
    expect(await refusalOf(create({ parents: [missing] }))).toMatchObject({
      status: 404,
      reason: "notFound",
    });
    expect((await refusalOf(create({ parents: [missing] }))).message).toContain(missing);
    const { id } = await create({ name: "second parent", mimeType: FOLDER });
    expect((await refusalOf(create({ parents: [target.folderId, id] }))).status).toBeGreaterThanOrEqual(400);
  });

  it("can be the trash, by the file itself or by a folder above it", async () => {
    const { id: folderId } = await create({ name: "to the trash", mimeType: FOLDER });
    const { id } = await create({ name: "inside", parents: [folderId] });
    await target.drive.files.update({ fileId: folderId, requestBody: { trashed: true } });
    const { data } = await target.drive.files.get({ fileId: id, fields: "trashed,explicitlyTrashed" });
    expect(data).toEqual({ trashed: true, explicitlyTrashed: false });
  });

  it("is nowhere after a deletion, which answers 204", async () => {
    const { id } = await create({ name: "gone" });
    expect((await target.drive.files.delete({ fileId: id })).status).toBe(204);
    expect(await refusalOf(target.drive.files.get({ fileId: id }))).toEqual({
      status: 404,
      reason: "notFound",
      location: "fileId",
      message: `File not found: ${id}.`,
    });
  });
});

describe("an id reserved beforehand", () => {
  it("makes one file, and is refused the second time", async () => {
    const { data } = await target.drive.files.generateIds({ count: 3, space: "drive", type: "files" });
    expect(data).toMatchObject({ kind: "drive#generatedIds", space: "drive" });
    expect(data.ids).toHaveLength(3);
    const [id = "", folderId = ""] = data.ids ?? [];
    expect((await create({ id, name: "once" })).id).toBe(id);
    expect(await refusalOf(create({ id, name: "once" }))).toMatchObject({
      status: 409,
      reason: "fileIdInUse",
    });
    expect((await create({ id: folderId, name: "once", mimeType: FOLDER })).id).toBe(folderId);
  });

  it("cannot be made up", async () => {
    const refused = await refusalOf(create({ id: "no-such-id", name: "made up" }));
    expect(refused.status).toBe(400);
  });
});

describe("a shortcut and a copy", () => {
  it("a shortcut names its target and is a file of its own", async () => {
    const { id: targetId } = await create({ name: "target", mimeType: "image/png" });
    const body = { name: "shortcut", mimeType: SHORTCUT, shortcutDetails: { targetId } };
    const { id } = await create(body);
    const { data } = await target.drive.files.get({ fileId: id, fields: "mimeType,size,shortcutDetails" });
    expect(data).toEqual({ mimeType: SHORTCUT, shortcutDetails: { targetId, targetMimeType: "image/png" } });
  });

  it("a shortcut stays when its target goes", async () => {
    const { id: targetId } = await create({ name: "target" });
    const { id } = await create({ name: "dangling", mimeType: SHORTCUT, shortcutDetails: { targetId } });
    await target.drive.files.delete({ fileId: targetId });
    const { data } = await target.drive.files.get({ fileId: id, fields: "shortcutDetails(targetId)" });
    expect(data.shortcutDetails?.targetId).toBe(targetId);
  });

  it("a copy has an id of its own, the same bytes, and the name it is given", async () => {
    const media = { mimeType: "text/plain", body: "the same bytes" };
    const original = await create({ name: "original" }, "id,md5Checksum", { media });
    const copy = await target.drive.files.copy({
      fileId: original.id,
      requestBody: { name: "copy", parents: [target.folderId] },
      fields: "id,name,md5Checksum,parents",
    });
    expect(copy.data).toMatchObject({
      name: "copy",
      md5Checksum: original.md5Checksum,
      parents: [target.folderId],
    });
    expect(copy.data.id).not.toBe(original.id);
  });

  it("a folder cannot be copied", async () => {
    expect((await refusalOf(target.drive.files.copy({ fileId: target.folderId }))).status).toBe(403);
  });
});
