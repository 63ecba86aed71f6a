import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ExportWorld, startExportWorld } from "../testing/start-export-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

let world: ExportWorld;

beforeAll(async () => {
  world = await startExportWorld();
});
afterEach(() => world.sandbox.reset());
afterAll(() => world.stop());

const somePictures = async (count: number, sizeBytes = 1_000) =>
  world.put(await testPictures({ count, sizeBytes }));
const limitStorage = (storageLimitBytes: number) =>
  world.sandbox.settings.change({ quotas: { storageLimitBytes } });
const usedBytes = () =>
  world.sandbox.drive.listAll(world.bob).reduce((sum, { id }) => sum + world.bytesOf(id).length, 0);

describe("the target of an export", () => {
  it.each([
    ["the folder named", true, null],
    ["a new folder in the one named", true, "New"],
    ["a new folder in the user's own drive", false, "Newer"],
    ["the user's own drive", false, null],
  ])("is %s", async (_what, hasFolder, folderName) => {
    const root = world.sandbox.drive.rootId(world.bob);
    const above = hasFolder ? world.addFolder("Above") : root;
    const imageIds = await somePictures(1);
    const job = await world.run(imageIds, { folderId: hasFolder ? above : null, folderName });
    const [item] = await world.items(job.id);
    const file = world.sandbox.drive.get(item?.providerFileId ?? "");
    const folder = world.sandbox.drive.get(file?.parentId ?? "");
    if (folderName === null) expect(file?.parentId).toBe(above);
    else expect(folder).toMatchObject({ name: folderName, parentId: above });
  });

  it("may be called by its alias", async () => {
    const imageIds = await somePictures(1);
    const root = world.sandbox.drive.rootId(world.bob);
    await world.run(imageIds, { folderId: "root", onConflict: "skip" });
    const again = await world.run(imageIds, { folderId: "root", onConflict: "skip" });
    expect(again.counters).toMatchObject({ skipped: 1 });
    expect(world.filesIn(root).filter(({ name }) => name === "image 0.jpg").length).toBeGreaterThan(0);
  });

  it("is refused at once when it is no folder, or lies in the trash", async () => {
    const imageIds = await somePictures(1);
    const { id } = world.sandbox.drive.addFile(world.bob, {
      name: "a.txt",
      mimeType: "text/plain",
      content: Buffer.from("text"),
    });
    await expect(world.start(imageIds, { folderId: id })).rejects.toMatchObject({
      code: "not_a_folder",
      details: { field: "folder_id" },
    });
    const folderId = world.addFolder("Trashed");
    world.sandbox.drive.update(folderId, { trashed: true });
    await expect(world.start(imageIds, { folderId })).rejects.toMatchObject({
      code: "folder_trashed",
      details: { field: "folder_id" },
    });
  });

  it.each(["files.get", "about"])("holds no export up when %s has no answer", async (route) => {
    const imageIds = await somePictures(1);
    const folderId = world.addFolder("Quiet");
    world.sandbox.faults.add({ route, fault: { kind: "status", status: 503 } });
    expect(await world.run(imageIds, { folderId })).toMatchObject({ status: "completed" });
  });

  it("stops the job when it is full", async () => {
    const folderId = world.addFolder("Full");
    const imageIds = await somePictures(5);
    world.sandbox.settings.change({ drive: { folderChildLimit: 3 } });
    const job = await world.run(imageIds, { folderId });
    expect(job).toMatchObject({ status: "completed_with_errors", errorCode: "folder_full" });
    expect(job.counters).toMatchObject({ done: 3, failed: 2 });
    expect(world.filesIn(folderId)).toHaveLength(3);
  });

  it("stops the job when the user may not write to it", async () => {
    const alice = world.sandbox.accounts.find(({ email }) => email !== "bob@example.com")?.sub ?? "";
    const { id } = world.sandbox.drive.addFolder(alice, { name: "Hers" });
    world.sandbox.drive.shareFile(id, { email: "bob@example.com", role: "reader" });
    const job = await world.run(await somePictures(2), { folderId: id });
    expect(job).toMatchObject({
      status: "failed",
      errorCode: "folder_not_writable",
      counters: { failed: 2 },
    });
  });

  it.each([
    ["folder_not_found", (id: string) => world.sandbox.drive.remove(id)],
    ["folder_trashed", (id: string) => world.sandbox.drive.update(id, { trashed: true })],
  ] as const)("stops the job with %s when that happens in the middle", async (code, spoil) => {
    const folderId = world.addFolder("Short-lived");
    const imageIds = await somePictures(60);
    world.sandbox.faults.add({ route: "upload.multipart", fault: { kind: "latency", ms: 300 } });
    const mark = world.sandbox.requests.mark();
    const jobId = await world.start(imageIds, { folderId });
    await world.sandbox.requests.waitFor({ since: mark, kind: "upload.multipart" });
    spoil(folderId);
    const job = await world.end(jobId);
    expect(job).toMatchObject({ errorCode: code });
    expect(job.counters).toMatchObject({ pending: 0, running: 0 });
    expect((await world.items(jobId)).at(-1)).toMatchObject({ state: "failed", errorCode: code });
  });
});

describe("the Drive's storage", () => {
  it("is asked before anything is written, and told of with what is needed and what is left", async () => {
    const imageIds = await somePictures(3, 10_000);
    limitStorage(usedBytes() + 25_000);
    const mark = world.sandbox.requests.mark();
    await expect(world.start(imageIds)).rejects.toMatchObject({
      code: "provider_quota_full",
      details: { needed_bytes: 30_000, free_bytes: 25_000 },
    });
    expect(world.sandbox.requests.since(mark).map(({ kind }) => kind)).toEqual(["about"]);
  });

  it("may be filled to the last byte", async () => {
    const imageIds = await somePictures(3, 10_000);
    limitStorage(usedBytes() + 30_000);
    expect(await world.run(imageIds)).toMatchObject({ status: "completed" });
  });

  it("is not that of a shared drive", async () => {
    const imageIds = await somePictures(3, 10_000);
    const team = world.sandbox.drive.addSharedDrive({
      name: "Team",
      members: [{ email: "bob@example.com", role: "writer" }],
    });
    limitStorage(usedBytes());
    expect(await world.run(imageIds, { folderId: team.id })).toMatchObject({ status: "completed" });
    expect(world.sandbox.drive.listAll(world.bob).length).toBeGreaterThan(0);
  });

  it("is left to the job when files may be left out", async () => {
    const folderId = world.addFolder("Half");
    const imageIds = await somePictures(3, 10_000);
    await world.run(imageIds.slice(0, 2), { folderId });
    limitStorage(usedBytes() + 12_000);
    expect(await world.run(imageIds, { folderId, onConflict: "skip" })).toMatchObject({
      status: "completed",
      counters: { done: 1, skipped: 2 },
    });
  });

  it("stops the job when it fills up in the middle", async () => {
    const imageIds = await somePictures(4, 10_000);
    world.sandbox.faults.add({ route: "about", fault: { kind: "status", status: 403 } });
    limitStorage(usedBytes() + 25_000);
    const job = await world.run(imageIds, { folderName: "Overflow" });
    expect(job).toMatchObject({ errorCode: "provider_quota_full", counters: { done: 2, failed: 2 } });
  });
});
