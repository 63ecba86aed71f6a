import { randomBytes } from "node:crypto";
import type { FaultRule } from "@driveway/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { uploadSessions } from "../db/index.ts";
import { type ExportWorld, startExportWorld } from "../testing/start-export-world.ts";
import { startTransferProcess } from "../testing/start-transfer-process.ts";
import { testPictures } from "../testing/test-pictures.ts";

const CHUNK = "upload.resumable.chunk";
const MIB = 1024 * 1024;
const lost = { kind: "lostAnswer" } as const;

let world: ExportWorld;

beforeAll(async () => {
  world = await startExportWorld();
});
afterEach(() => world.sandbox.faults.clear());
afterAll(() => world.stop());

const foldersOf = (name: string) =>
  world.sandbox.drive.listAll(world.bob).filter((file) => file.name === name);

describe("an export whose answer is lost", () => {
  const cases: readonly { readonly of: string; readonly rules: readonly FaultRule[] }[] = [
    { of: "the id of the folder", rules: [{ route: "generateIds", attempt: 1, fault: lost }] },
    { of: "the ids of the files", rules: [{ route: "generateIds", attempt: 2, fault: lost }] },
    { of: "the new folder", rules: [{ route: "files.create", attempt: 1, fault: lost }] },
    { of: "a small file", rules: [{ route: "upload.multipart", every: 2, times: 2, fault: lost }] },
    {
      of: "small files, and half of the 409",
      rules: [
        { route: "upload.multipart", times: 3, fault: lost },
        { route: "upload.multipart", times: 3, fault: { kind: "truncate", afterBytes: 50 } },
      ],
    },
    { of: "the start of a large one", rules: [{ route: "upload.resumable.start", attempt: 1, fault: lost }] },
    { of: "its first chunk", rules: [{ route: CHUNK, attempt: 1, fault: lost }] },
    { of: "its last chunk", rules: [{ route: CHUNK, attempt: 2, fault: lost }] },
    {
      of: "a question for its state",
      rules: [
        { route: CHUNK, attempt: 1, fault: { kind: "reset", afterRequestBytes: 3 * MIB } },
        { route: CHUNK, attempt: 2, fault: lost },
      ],
    },
    {
      of: "a look at what is there",
      rules: [
        { route: "upload.multipart", times: 1, fault: lost },
        { route: "files.get", times: 1, fault: lost },
      ],
    },
  ];

  it.each(cases)("makes every file once and one folder: $of", async ({ of, rules }) => {
    const contents = [...(await testPictures({ count: 3 })), randomBytes(12 * MIB)];
    const imageIds = await world.put(contents);
    for (const rule of rules) world.sandbox.faults.add(rule);
    const mark = world.sandbox.requests.mark();
    const job = await world.run(imageIds, { folderName: of });
    expect(job).toMatchObject({ status: "completed", counters: { done: 4 } });
    expect(world.sandbox.requests.find({ since: mark, fault: "lostAnswer" })).not.toEqual([]);
    const folders = foldersOf(of);
    expect(folders).toHaveLength(1);
    const files = world.filesIn(folders[0]?.id ?? "");
    expect(files.map(({ name }) => name).sort()).toEqual([0, 1, 2, 3].map((index) => `image ${index}.jpg`));
    const items = await world.items(job.id);
    for (const [index, item] of items.entries()) {
      expect(world.bytesOf(item.providerFileId ?? "").equals(contents[index] ?? Buffer.alloc(0))).toBe(true);
    }
    expect(await world.process.db.select().from(uploadSessions)).toEqual([]);
  });
});

it("makes one file of an image that is named twice", async () => {
  const [imageId = ""] = await world.put(await testPictures({ count: 1 }));
  const folderId = world.addFolder("Named twice");
  const job = await world.run([imageId, imageId], { folderId });
  expect(job).toMatchObject({ status: "completed", totalItems: 1, counters: { done: 1 } });
  expect(world.filesIn(folderId)).toHaveLength(1);
});

describe("exports of several workers", () => {
  it("make one folder and every file once, however many processes work on a job", async () => {
    const others = await Promise.all([startTransferProcess(world), startTransferProcess(world)]);
    for (const other of others) other.transfers.startWorker();
    try {
      const imageIds = await world.put(await testPictures({ count: 400 }));
      const jobId = await world.start(imageIds, { folderName: "Race" });
      expect(await world.end(jobId)).toMatchObject({ status: "completed", counters: { done: 400 } });
      const folders = foldersOf("Race");
      expect(folders).toHaveLength(1);
      expect(world.filesIn(folders[0]?.id ?? "")).toHaveLength(400);
    } finally {
      for (const other of others) await other.stop();
    }
  });

  it("ask the Drive at most 1.05 times for each of 1,000 small files", async () => {
    const imageIds = await world.put(await testPictures({ count: 1_000 }));
    const mark = world.sandbox.requests.mark();
    expect(await world.run(imageIds, { folderName: "Thousand" })).toMatchObject({ status: "completed" });
    const asked = world.sandbox.requests
      .since(mark)
      .filter(({ kind, batched }) => !batched && !kind.startsWith("oauth"));
    expect(asked.length).toBeLessThanOrEqual(1_050);
    expect(asked.length).toBeGreaterThanOrEqual(1_000);
  });
});
