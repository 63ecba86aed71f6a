import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { transferChunks, transferItems, transferJobs } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";
import type { ExportOrder } from "./start-export.ts";

const BOB = "bob@example.com";

let world: TransferWorld;
let process: TransferProcess;
let principal: Principal;
let connectionId: string;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
  process.transfers.startWorker();
});
beforeEach(async () => {
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: BOB });
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

const sub = () => world.sandbox.accounts.find(({ email }) => email === BOB)?.sub ?? "";
const drive = () => world.sandbox.drive;

async function end(jobId: string) {
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  expect(await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 25_000, signal })).toBe(true);
  return process.transfers.getJob({ principal, jobId });
}

/** Images of the library, with their bytes. */
async function someImages(pictures: readonly Buffer[]): Promise<string[]> {
  const files = addPictures(world.sandbox, { email: BOB, pictures });
  const jobId = await process.transfers.startImport({
    principal,
    connectionId,
    files,
    tags: [],
    collectionId: null,
    autoDescribe: false,
  });
  expect((await end(jobId)).status).toBe("completed");
  const { tenantId } = principal;
  return [...(await process.transfers.jobOutcome({ tenantId, jobId, type: "import" })).madeIds];
}

function start(
  imageIds: readonly string[],
  target: Partial<Pick<ExportOrder, "folderId" | "folderName" | "onConflict">> = {},
) {
  return process.transfers.startExport({
    principal,
    connectionId,
    imageIds,
    folderId: target.folderId ?? null,
    folderName: target.folderName ?? null,
    onConflict: target.onConflict ?? "keep_both",
  });
}

async function filesOf(jobId: string) {
  const page = await process.transfers.listJobItems({ principal, jobId, limit: 1000, afterPosition: null });
  return page.items.map((item) => drive().get(item.providerFileId ?? ""));
}

const exportedBy = (jobId: string) =>
  drive()
    .listAll(sub())
    .filter((file) => JSON.stringify(file.appProperties).includes(jobId));

/** Lets a worker meet a chunk again that it has finished, as after a crash between its last write and its message. */
async function forgetTheEnd(jobId: string): Promise<void> {
  await process.db.transaction(async (tx) => {
    await tx
      .update(transferItems)
      .set({ state: "running", finishedAt: null })
      .where(eq(transferItems.jobId, jobId));
    await tx
      .update(transferJobs)
      .set({
        status: "processing",
        completedAt: null,
        runningItems: sql`${transferJobs.doneItems}`,
        doneItems: 0,
        bytesDone: 0,
      })
      .where(eq(transferJobs.id, jobId));
    await tx.update(transferChunks).set({ state: "released" }).where(eq(transferChunks.jobId, jobId));
    await tx.execute(sql`
      update queue.job set state = 'created', started_on = null, completed_on = null
      where data ->> 'jobId' = ${jobId}`);
  });
}

describe("an export", () => {
  it("puts every image into the folder named, byte for byte", async () => {
    const pictures = await testPictures({ count: 20 });
    const imageIds = await someImages(pictures);
    const folder = drive().addFolder(sub(), { name: "Target" });
    const jobId = await start(imageIds, { folderId: folder.id });
    expect(await end(jobId)).toMatchObject({ status: "completed", counters: { done: 20 } });
    const files = await filesOf(jobId);
    for (const [index, file] of files.entries()) {
      expect(file).toMatchObject({ name: `image ${index}.jpg`, parentId: folder.id });
      const bytes = drive().contentOf(file?.id ?? "");
      expect(Buffer.from(bytes ?? []).equals(pictures[index] ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it("sends a large image by the resumable protocol", async () => {
    const imageIds = await someImages(await testPictures({ count: 1, sizeBytes: 9_000_001 }));
    const jobId = await start(imageIds);
    expect(await end(jobId)).toMatchObject({ status: "completed", bytesDone: 9_000_001 });
    const [file] = await filesOf(jobId);
    expect(file).toMatchObject({ parentId: drive().rootId(sub()) });
    expect(drive().contentOf(file?.id ?? "")).toHaveLength(9_000_001);
  });

  it("makes the new folder once, below the one named, however many chunks write to it", async () => {
    const imageIds = await someImages(await testPictures({ count: 120 }));
    const parent = drive().addFolder(sub(), { name: "Parent" });
    const jobId = await start(imageIds, { folderId: parent.id, folderName: "New 'folder'" });
    expect((await end(jobId)).status).toBe("completed");
    const folders = drive()
      .listAll(sub())
      .filter((file) => file.parentId === parent.id);
    expect(folders).toMatchObject([{ name: "New 'folder'" }]);
    const parents = new Set((await filesOf(jobId)).map((file) => file?.parentId));
    expect(parents).toEqual(new Set([folders[0]?.id]));
  });

  it("makes no file twice when its chunk is delivered again", async () => {
    const imageIds = await someImages(await testPictures({ count: 10 }));
    const jobId = await start(imageIds, { folderName: "Once" });
    expect((await end(jobId)).status).toBe("completed");
    const before = exportedBy(jobId).map(({ id }) => id);
    expect(before).toHaveLength(10);
    await forgetTheEnd(jobId);
    expect(await end(jobId)).toMatchObject({ status: "completed", counters: { done: 10 } });
    expect(exportedBy(jobId).map(({ id }) => id)).toEqual(before);
    expect(
      drive()
        .listAll(sub())
        .filter(({ name }) => name === "Once"),
    ).toHaveLength(1);
  });

  it("gives the file under its own id the right bytes when it finds others there", async () => {
    const pictures = await testPictures({ count: 1 });
    const imageIds = await someImages(pictures);
    const jobId = await start(imageIds);
    await end(jobId);
    const [file] = exportedBy(jobId);
    drive().update(file?.id ?? "", { content: Buffer.from("something else") });
    await forgetTheEnd(jobId);
    expect(await end(jobId)).toMatchObject({ status: "completed", counters: { done: 1 } });
    expect(exportedBy(jobId)).toHaveLength(1);
    expect(pictures[0]?.equals(drive().contentOf(file?.id ?? "") ?? Buffer.alloc(0))).toBe(true);
  });

  it("stops with its reason when the folder is not there", async () => {
    const imageIds = await someImages(await testPictures({ count: 2 }));
    const below = await start(imageIds, { folderId: "no_such_folder", folderName: "New" });
    expect(await end(below)).toMatchObject({ status: "failed", errorCode: "folder_not_found" });
    const into = await start(imageIds, { folderId: "no_such_folder" });
    expect(await end(into)).toMatchObject({
      status: "failed",
      errorCode: "folder_not_found",
      counters: { failed: 2 },
    });
    const { items } = await process.transfers.listJobItems({
      principal,
      jobId: into,
      limit: 10,
      afterPosition: null,
    });
    expect(items.map(({ errorCode }) => errorCode)).toEqual(["folder_not_found", "folder_not_found"]);
  });

  it("refuses images that are not the tenant's, and names the first of them", async () => {
    const imageIds = await someImages(await testPictures({ count: 1 }));
    const unknown = Array.from({ length: 12 }, (_, index) => `img_${index}`);
    await expect(start([...imageIds, ...unknown])).rejects.toMatchObject({
      code: "image_not_found",
      details: { image_ids: unknown.slice(0, 10), missing: 12 },
    });
    const owner = principal;
    principal = (await makePerson(process.db)).principal;
    connectionId = await connectAccount(process.connections, { principal, email: BOB });
    await expect(start(imageIds)).rejects.toMatchObject({ code: "image_not_found" });
    expect(owner.tenantId).not.toBe(principal.tenantId);
  });
});
