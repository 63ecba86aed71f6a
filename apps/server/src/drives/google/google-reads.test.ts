import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type GoogleDriveWorld, startGoogleDrive } from "../../testing/start-google-drive.ts";
import { startFaultProxy } from "../../testing/start-fault-proxy.ts";
import type { DriveFile } from "../drive.ts";

const FOLDER = "application/vnd.google-apps.folder";
const DRAWING = "application/vnd.google-apps.drawing";
const SHORTCUT = "application/vnd.google-apps.shortcut";
const ANYONE = { to: { type: "anyone", allowFileDiscovery: false }, role: "reader" } as const;
const KEY = "0-abcDEF_123";

let world: GoogleDriveWorld;

beforeAll(async () => {
  world = await startGoogleDrive();
});
afterEach(() => {
  world.reset();
});
afterAll(() => world.close());

function addFile(name: string, more: object = {}) {
  const content = Buffer.from(`content of ${name}`);
  return world.sandbox.drive.addFile(world.alice, { name, mimeType: "image/png", content, ...more });
}

const addFolder = (name: string, parentId?: string) =>
  world.sandbox.drive.addFolder(world.alice, { name, ...(parentId === undefined ? {} : { parentId }) });

async function describeOne(id: string, resourceKey: string | null = null): Promise<DriveFile> {
  const [answer] = await world.drive({ kind: "interactive" }).getFiles([{ id, resourceKey }]);
  if (answer?.ok !== true) throw answer?.error ?? new Error("no answer");
  return answer.file;
}

async function listAll(folder: { id: string }, driveId: string | null = null) {
  const pages: DriveFile[][] = [];
  let pageToken: string | null = null;
  do {
    const page = await world.drive().listFolder({ folder, driveId, pageToken });
    pages.push([...page.files]);
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  return pages;
}

function answerWith(body: unknown) {
  world.decide(() => ({ kind: "answer", status: 200, body: JSON.stringify(body) }));
}

describe("what a file is described by", () => {
  it("has its folder, what we wrote beside it and when it was made", async () => {
    const folder = addFolder("a folder");
    const appProperties = { [world.sandbox.clientId]: { driveway_image: "img_1" }, other: { secret: "x" } };
    const createdTime = "2020-02-03T04:05:06.789Z";
    const { id } = addFile("a.png", { parentId: folder.id, appProperties, createdTime });
    expect(await describeOne(id)).toMatchObject({
      parents: [folder.id],
      driveId: null,
      resourceKey: null,
      shortcut: null,
      properties: { driveway_image: "img_1" },
      createdAt: createdTime,
    });
  });

  it("has the target of a shortcut, also when that is gone", async () => {
    const target = addFile("target.png");
    const { id } = addFile("pointer", { mimeType: SHORTCUT, content: null, shortcutTargetId: target.id });
    const shortcut = { targetId: target.id, targetMimeType: "image/png", targetResourceKey: null };
    expect(await describeOne(id)).toMatchObject({ kind: "shortcut", sizeBytes: null, shortcut });
    world.sandbox.drive.remove(target.id);
    expect(await describeOne(id)).toMatchObject({ kind: "shortcut", shortcut: { targetId: target.id } });
  });

  it("survives JSON", async () => {
    const file = await describeOne(addFile("a.png").id);
    expect(JSON.parse(JSON.stringify(file))).toEqual(file);
  });
});

describe("a shared drive", () => {
  it("is described, listed and opened like the user's own", async () => {
    const { id: driveId } = world.sandbox.drive.addSharedDrive({
      name: "Team",
      members: [{ email: "alice@example.com", role: "reader" }],
    });
    const file = addFile("shared.png", { parentId: driveId });
    expect(await describeOne(file.id)).toMatchObject({ driveId, parents: [driveId] });
    expect((await listAll({ id: driveId }, driveId)).flat().map(({ id }) => id)).toEqual([file.id]);
    expect((await listAll({ id: driveId })).flat().map(({ id }) => id)).toEqual([file.id]);
    const opened = await world.drive().openFile({ file });
    expect((await buffer(opened.stream)).toString()).toBe("content of shared.png");
  });
});

describe("a file with a resource key", () => {
  function addLinked(name: string) {
    const content = Buffer.from(name);
    const file = { name, mimeType: "image/png", content, resourceKey: KEY };
    const { id } = world.sandbox.drive.addFile(world.bob, file);
    world.sandbox.drive.shareFile(id, ANYONE);
    return id;
  }

  it("is not there without its key, and is described and opened with it", async () => {
    const id = addLinked("linked.png");
    await expect(describeOne(id)).rejects.toMatchObject({ kind: "gone" });
    await expect(describeOne(id, "0-wrong")).rejects.toMatchObject({ kind: "gone" });
    expect(await describeOne(id, KEY)).toMatchObject({ id, resourceKey: KEY });
    await expect(world.drive().openFile({ file: { id } })).rejects.toMatchObject({ kind: "gone" });
    const { stream } = await world.drive().openFile({ file: { id, resourceKey: KEY } });
    expect((await buffer(stream)).toString()).toBe("linked.png");
  });

  it("is described among others in one batch, each with its own key", async () => {
    const [first, second] = [addLinked("first.png"), addLinked("second.png")];
    const asked = [{ id: first, resourceKey: KEY }, { id: second }, addFile("own.png")];
    const answers = await world.drive().getFiles(asked);
    expect(answers.map(({ ok }) => ok)).toEqual([true, false, true]);
  });

  it("sends no header for a key that has not the form of one", async () => {
    const { id } = addFile("own.png");
    expect(await describeOne(id, "0-a,1other/x\r\nx: y")).toMatchObject({ id });
    const [answer] = await world.drive().getFiles([{ id, resourceKey: "a\r\nb" }, { id: "nowhere" }]);
    expect(answer?.ok).toBe(true);
  });

  it("does not lend its key to another host", async () => {
    const seen: unknown[] = [];
    const host = await startFaultProxy({
      target: world.sandbox.apiRoot,
      decide: ({ headers }) => {
        seen.push(headers["x-goog-drive-resource-keys"]);
        return { kind: "answer", status: 200, headers: { "content-type": "image/png" }, body: "bytes" };
      },
    });
    world.decide(() => ({ kind: "answer", status: 302, headers: { location: `${host.origin}/signed` } }));
    const { stream } = await world.drive().openFile({ file: { id: "x", resourceKey: KEY } });
    await buffer(stream);
    expect(seen).toEqual([undefined]);
    await host.close();
  });
});

describe("the bytes of a file", () => {
  it("are none for an empty file, from whose middle nothing can be read", async () => {
    const file = addFile("empty.png", { content: Buffer.alloc(0) });
    const { stream, sizeBytes } = await world.drive().openFile({ file });
    expect([sizeBytes, (await buffer(stream)).length]).toEqual([0, 0]);
    const beyond = { kind: "refused", meaning: "range_not_satisfiable", status: 416 };
    await expect(world.drive().openFile({ file, fromByte: 1 })).rejects.toMatchObject(beyond);
    const small = addFile("small.png");
    await expect(world.drive().openFile({ file: small, fromByte: 1000 })).rejects.toMatchObject(beyond);
  });

  it("are those of a web page where the file is one", async () => {
    const file = addFile("page.html", { mimeType: "text/html", content: Buffer.from("<html>mine</html>") });
    const { stream } = await world.drive().openFile({ file });
    expect((await buffer(stream)).toString()).toBe("<html>mine</html>");
  });

  it("are no sign-in page, in place of an export either", async () => {
    const drawing = addFile("drawing", { mimeType: DRAWING, content: null });
    world.sandbox.faults.add({ route: "*", fault: { kind: "html" } });
    const open = world.drive({ kind: "interactive" }).openFile({ file: drawing, exportAs: "image/png" });
    await expect(open).rejects.toMatchObject({ kind: "try_later", reason: "html_answer" });
    const whole = world.drive({ kind: "interactive" }).openFile({ file: addFile("a.png") });
    await expect(whole).rejects.toMatchObject({ kind: "try_later", reason: "html_answer" });
  });

  it("are never unpacked, and never taken when they come packed", async () => {
    const packed = gzipSync("<svg/>");
    const file = addFile("packed.svgz", { content: packed });
    const { stream } = await world.drive().openFile({ file });
    expect((await buffer(stream)).equals(packed)).toBe(true);
    const headers = { "content-type": "image/png", "content-encoding": "gzip" };
    world.decide(() => ({ kind: "answer", status: 200, headers, body: "packed" }));
    const open = world.drive({ kind: "interactive" }).openFile({ file });
    await expect(open).rejects.toMatchObject({ kind: "try_later", reason: "encoded_answer" });
  });

  it("are asked for as they are", async () => {
    const seen: unknown[] = [];
    world.decide(({ headers }) => {
      seen.push(headers["accept-encoding"]);
      return { kind: "pass" };
    });
    const { stream } = await world.drive().openFile({ file: addFile("a.png") });
    await buffer(stream);
    expect(seen).toEqual(["identity"]);
  });

  it("are a picture for a drawing, in the format that the provider's properties name", async () => {
    const drawing = addFile("drawing", { mimeType: DRAWING, content: null });
    const exportAs = world.properties.exportAs[(await describeOne(drawing.id)).mimeType] ?? "";
    const opened = await world.drive().openFile({ file: drawing, exportAs });
    expect(opened.mediaType).toBe("image/png");
    expect(await sharp(await buffer(opened.stream)).metadata()).toMatchObject({ format: "png" });
  });

  it("are not to be had in a format that there is not", async () => {
    const drawing = addFile("drawing", { mimeType: DRAWING, content: null });
    await expect(world.drive().openFile({ file: drawing, exportAs: "audio/mpeg" })).rejects.toMatchObject({
      kind: "refused",
      meaning: "not_exportable",
    });
  });
});

describe("listFolder", () => {
  it("gives a thousand files a page, trash left out, with everything about each", async () => {
    const folder = addFolder("large");
    for (let number = 0; number < 1002; number += 1) {
      addFile(`${number}.png`, { parentId: folder.id, trashed: number === 7 });
    }
    const pages = await listAll(folder);
    expect(pages.map((page) => page.length)).toEqual([1000, 1]);
    const files = pages.flat();
    expect(new Set(files.map(({ id }) => id)).size).toBe(1001);
    expect(files[0]).toEqual(await describeOne(files[0]?.id ?? ""));
  });

  it("goes on over pages that are empty or short", async () => {
    const folder = addFile("gaps", { id: "gaps", mimeType: FOLDER, content: null });
    for (let number = 0; number < 30; number += 1) addFile(`${number}.png`, { parentId: folder.id });
    const sizes: number[][] = [];
    for (let seed = 0; seed < 10; seed += 1) {
      world.sandbox.settings.change({ drive: { emptyPages: "sometimes", seed } });
      sizes.push((await listAll(folder)).map((page) => page.length));
    }
    expect(sizes.map((pages) => pages.reduce((sum, size) => sum + size, 0))).toEqual(sizes.map(() => 30));
    expect(sizes.some(([first]) => first === 0)).toBe(true);
  });

  it("is empty for a folder that is not shown to us, and for one whose id is a trick", async () => {
    const hidden = world.sandbox.drive.addFolder(world.bob, { name: "hidden" });
    expect(await world.drive().listFolder({ folder: hidden })).toEqual({ files: [], nextPageToken: null });
    addFile("in the root");
    const folder = { id: "x' in parents or 'root" };
    expect((await world.drive().listFolder({ folder })).files).toEqual([]);
  });

  it("says that a page token is not good any more", async () => {
    const folder = addFolder("f");
    await expect(world.drive().listFolder({ folder, pageToken: "old" })).rejects.toMatchObject({
      kind: "refused",
      reason: "page_token_refused",
    });
  });

  it.each([
    ["a page that is followed by itself", { files: [], nextPageToken: "t" }],
    ["a token of another type", { files: [], nextPageToken: { a: 1 } }],
    ["an endless token", { files: [], nextPageToken: "t".repeat(5000) }],
    ["files that are none", { files: [null] }],
    ["files with ids that are none", { files: [{ id: "../../x" }] }],
    ["no object", []],
  ])("does not take %s", async (_what, body) => {
    answerWith(body);
    const list = world.drive({ kind: "interactive" }).listFolder({ folder: { id: "f" }, pageToken: "t" });
    await expect(list).rejects.toMatchObject({ kind: "try_later" });
  });
});

describe("about", () => {
  it("tells what the account may store and does, and that nothing limits it", async () => {
    const before = (await world.drive().about()).storage;
    expect(before.limitBytes).toBeNull();
    addFile("counted.png", { content: Buffer.alloc(1234) });
    world.sandbox.settings.change({ quotas: { storageLimitBytes: 5_000_000_000 } });
    const storage = { limitBytes: 5_000_000_000, usedBytes: before.usedBytes + 1234 };
    expect(await world.drive().about()).toEqual({ storage });
  });

  it.each([{}, { storageQuota: { usage: -1 } }, { storageQuota: { usage: "99999999999999999" } }])(
    "does not take %j",
    async (body) => {
      answerWith(body);
      await expect(world.drive({ kind: "interactive" }).about()).rejects.toMatchObject({
        reason: "not_an_account",
      });
    },
  );
});

describe("findByProperty", () => {
  it("finds in a folder what has one of the values, and nothing else", async () => {
    const folder = addFolder("exports");
    const written = (value: string, more: object = {}) =>
      addFile(`${value}.png`, {
        parentId: folder.id,
        appProperties: { [world.sandbox.clientId]: { image: value } },
        ...more,
      }).id;
    const values = Array.from({ length: 30 }, (_, number) => `it's \\ ${number}`);
    const ids = values.map((value) => written(value));
    written("another");
    written(values[0] ?? "", { trashed: true });
    written(values[0] ?? "", { parentId: addFolder("elsewhere").id });
    written(values[0] ?? "", { appProperties: { other: { image: values[0] ?? "" } } });
    const found = await world.drive().findByProperty({ parentId: folder.id, key: "image", values });
    expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const none = { parentId: folder.id, key: "image", values: [] };
    expect(await world.drive().findByProperty(none)).toEqual([]);
  });

  it("finds what lies in the root of the user's own drive", async () => {
    const appProperties = { [world.sandbox.clientId]: { at: "root" } };
    const { id } = addFile("root.png", { appProperties });
    const found = await world.drive().findByProperty({ parentId: null, key: "at", values: ["root"] });
    expect(found.map((file) => file.id)).toEqual([id]);
  });

  it("does not take what was not asked for", async () => {
    answerWith({ files: [{ id: "1", parents: ["f"], appProperties: { key: "other" } }] });
    expect(await world.drive().findByProperty({ parentId: "f", key: "key", values: ["v"] })).toEqual([]);
  });

  it("gives up on a list without an end", async () => {
    let page = 0;
    world.decide(() => {
      page += 1;
      return { kind: "answer", status: 200, body: JSON.stringify({ files: [], nextPageToken: `t${page}` }) };
    });
    const search = world
      .drive({ kind: "interactive" })
      .findByProperty({ parentId: "f", key: "k", values: ["v"] });
    await expect(search).rejects.toMatchObject({ reason: "endless_list" });
  });
});

describe("an answer that nobody should trust", () => {
  const FILE = { id: "asked", name: "a", mimeType: "image/png" };

  it("is made into text that a database can hold", async () => {
    answerWith({
      ...FILE,
      name: "a\u0000b\ud800",
      description: "\udfff",
      appProperties: { "\u0000": "\u0000" },
    });
    expect(await describeOne("asked")).toMatchObject({
      name: "a\ufffdb\ufffd",
      description: "\ufffd",
      properties: { "\ufffd": "\ufffd" },
    });
  });

  it.each([
    ["another file", { id: "other" }],
    ["a size that is none", { size: "-1" }],
    ["a size that no number can hold", { size: "9007199254740993" }],
    ["a checksum that is none", { sha256Checksum: "'; DROP" }],
    ["a parent whose id is a trick", { parents: ["x' or 'y"] }],
  ])("is refused with %s, and by itself alone within a batch", async (_what, change) => {
    answerWith({ ...FILE, ...change });
    await expect(describeOne("asked")).rejects.toMatchObject({ kind: "try_later" });
    const parts = [
      { ...FILE, ...change },
      { ...FILE, id: "second" },
    ].map(
      (body, index) =>
        `--b\r\nContent-ID: <response-item-${index}>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n${JSON.stringify(body)}\r\n`,
    );
    const headers = { "content-type": "multipart/mixed; boundary=b" };
    world.decide(() => ({ kind: "answer", status: 200, headers, body: `${parts.join("")}--b--` }));
    const answers = await world.drive({ kind: "interactive" }).getFiles([{ id: "asked" }, { id: "second" }]);
    expect(answers.map(({ ok }) => ok)).toEqual([false, true]);
  });

  it("loses a resource key and a date that are none, and keeps the file", async () => {
    answerWith({ ...FILE, resourceKey: "a/b,c", createdTime: "yesterday" });
    expect(await describeOne("asked")).toMatchObject({ resourceKey: null, createdAt: null });
  });
});
