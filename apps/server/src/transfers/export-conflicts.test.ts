import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { images } from "../db/index.ts";
import { type ExportWorld, startExportWorld } from "../testing/start-export-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const MIB = 1024 * 1024;

let world: ExportWorld;
let folderId: string;

beforeAll(async () => {
  world = await startExportWorld();
});
beforeEach(() => {
  folderId = world.addFolder("Target");
});
afterAll(() => world.stop());

const fileIdsOf = async (jobId: string) =>
  (await world.items(jobId)).map((item) => item.providerFileId ?? "");
const uploadsSince = (mark: number) => world.sandbox.requests.find({ since: mark, kind: "upload.*" }).length;

it("makes a second file when both are kept", async () => {
  const imageIds = await world.put(await testPictures({ count: 2 }));
  await world.run(imageIds, { folderId });
  expect(await world.run(imageIds, { folderId })).toMatchObject({
    status: "completed",
    counters: { done: 2 },
  });
  expect(world.filesIn(folderId)).toHaveLength(4);
});

it("leaves out what is there, names the file, and sends what is not", async () => {
  const imageIds = await world.put(await testPictures({ count: 60 }));
  const [first] = imageIds;
  const before = await fileIdsOf((await world.run(imageIds.slice(0, 59), { folderId })).id);
  const mark = world.sandbox.requests.mark();
  const job = await world.run(imageIds, { folderId, onConflict: "skip" });
  expect(job).toMatchObject({ status: "completed", counters: { done: 1, skipped: 59 }, totalItems: 60 });
  expect((await world.items(job.id)).slice(0, 59)).toEqual(
    before.map((providerFileId) =>
      expect.objectContaining({ state: "skipped", providerFileId, bytesDone: 0 }),
    ),
  );
  expect((await world.items(job.id))[0]?.imageId).toBe(first);
  expect(uploadsSince(mark)).toBe(1);
  expect(world.filesIn(folderId)).toHaveLength(60);
});

it.each([1_000, 6 * MIB])(
  "replaces a file of %i bytes by a new revision, words and all",
  async (sizeBytes) => {
    const old = randomBytes(sizeBytes);
    const imageIds = await world.put([old], { tags: ["one", "two"], title: "Old" });
    const [fileId = ""] = await fileIdsOf((await world.run(imageIds, { folderId })).id);
    world.sandbox.drive.update(fileId, { content: randomBytes(50) });
    await world.process.db
      .update(images)
      .set({ title: "New", tags: ["three"], filename: "new.jpg" })
      .where(eq(images.id, imageIds[0] ?? ""));
    const job = await world.run(imageIds, { folderId, onConflict: "replace" });
    expect(job).toMatchObject({ status: "completed", counters: { done: 1 }, bytesDone: sizeBytes });
    expect(await fileIdsOf(job.id)).toEqual([fileId]);
    expect(world.filesIn(folderId)).toHaveLength(1);
    expect(world.bytesOf(fileId).equals(old)).toBe(true);
    const file = world.sandbox.drive.get(fileId);
    expect(file).toMatchObject({ name: "new.jpg", description: "New" });
    expect(file?.appProperties[world.sandbox.clientId]).toEqual({
      driveway_image: imageIds[0],
      driveway_job: job.id,
      driveway_title: "New",
      driveway_tag_1: "three",
    });
  },
);

it("sends nothing when the file to replace has the bytes already", async () => {
  const imageIds = await world.put(await testPictures({ count: 3 }));
  const before = await fileIdsOf((await world.run(imageIds, { folderId })).id);
  const mark = world.sandbox.requests.mark();
  const job = await world.run(imageIds, { folderId, onConflict: "replace" });
  expect(job).toMatchObject({ status: "completed", counters: { done: 3 } });
  expect(await fileIdsOf(job.id)).toEqual(before);
  expect(uploadsSince(mark)).toBe(0);
  expect(world.sandbox.requests.find({ since: mark, kind: "generateIds" })).toEqual([]);
});

it.each(["skip", "replace"] as const)(
  "never touches a stranger's file of the same name, with %s",
  async (onConflict) => {
    const content = Buffer.from("somebody's own");
    const foreign = world.sandbox.drive.addFile(world.bob, {
      name: "image 0.jpg",
      mimeType: "image/jpeg",
      parentId: folderId,
      content,
    });
    const imageIds = await world.put(await testPictures({ count: 1 }));
    expect(await world.run(imageIds, { folderId, onConflict })).toMatchObject({ counters: { done: 1 } });
    expect(world.filesIn(folderId)).toHaveLength(2);
    expect(world.bytesOf(foreign.id)).toEqual(content);
  },
);

it("takes the newest of several, and none that lies in the trash or elsewhere", async () => {
  const imageIds = await world.put(await testPictures({ count: 1 }));
  const ids: (string | undefined)[] = [];
  for (let run = 0; run < 3; run += 1) {
    ids.push((await fileIdsOf((await world.run(imageIds, { folderId })).id))[0]);
  }
  await world.run(imageIds, { folderId: world.addFolder("Elsewhere") });
  world.sandbox.drive.update(ids[2] ?? "", { trashed: true });
  const job = await world.run(imageIds, { folderId, onConflict: "skip" });
  expect(await fileIdsOf(job.id)).toEqual([ids[1]]);
});

it("looks for conflicts in the user's own drive too, and not in a folder of the job's own", async () => {
  const imageIds = await world.put(await testPictures({ count: 1 }));
  const first = await world.run(imageIds, { onConflict: "skip" });
  const again = await world.run(imageIds, { onConflict: "skip" });
  expect(again.counters).toMatchObject({ skipped: 1 });
  expect(await fileIdsOf(again.id)).toEqual(await fileIdsOf(first.id));
  const mark = world.sandbox.requests.mark();
  const below = await world.run(imageIds, { folderName: "New", onConflict: "skip" });
  expect(below.counters).toMatchObject({ done: 1 });
  expect(world.sandbox.requests.find({ since: mark, kind: "files.list" })).toEqual([]);
});
