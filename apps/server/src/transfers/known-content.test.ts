import { basename } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { images } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { blobNames } from "../testing/blob-names.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { spawnTransferWorker } from "../testing/spawn-transfer-worker.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";
import type { ImportOrder } from "./start-import.ts";

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
  connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

const start = (files: ImportOrder["files"], more: Partial<ImportOrder> = {}) =>
  process.transfers.startImport({
    principal,
    connectionId,
    files,
    tags: [],
    collectionId: null,
    autoDescribe: false,
    ...more,
  });

async function end(jobId: string) {
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  expect(await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 25_000, signal })).toBe(true);
  return process.transfers.getJob({ principal, jobId });
}

const importAll = async (files: ImportOrder["files"], more: Partial<ImportOrder> = {}) => {
  const jobId = await start(files, more);
  const job = await end(jobId);
  const page = await process.transfers.listJobItems({ principal, jobId, limit: 1000, afterPosition: null });
  return { ...job, items: page.items };
};

const library = () => process.db.select().from(images).where(eq(images.tenantId, principal.tenantId));

/** Puts the same pictures into the drive again, as files of which the drive names no SHA-256. */
function addUnnamed(pictures: readonly Buffer[]) {
  const sub = world.sandbox.accounts[0]?.sub ?? "";
  return pictures.map((content, index) => {
    const file = { name: "a.jpg", mimeType: "image/jpeg", content, omitSha: true };
    return { id: world.sandbox.drive.addFile(sub, file).id, name: `again ${index}.jpg` };
  });
}

describe("content that is in the library already", () => {
  it("is skipped when its bytes have arrived, names the image that is there, and leaves no blob", async () => {
    const pictures = await testPictures({ count: 20 });
    const first = await importAll(addPictures(world.sandbox, { pictures }));
    const blobs = await blobNames(world.blobDirectory);
    const second = await importAll(addUnnamed(pictures));
    expect(second).toMatchObject({ status: "completed", bytesDone: 0, counters: { done: 0, skipped: 20 } });
    expect(second.items.map(({ imageId }) => imageId)).toEqual(first.items.map(({ imageId }) => imageId));
    expect(second.items.every(({ state, bytesDone }) => state === "skipped" && bytesDone === 0)).toBe(true);
    expect(await library()).toHaveLength(20);
    await expect.poll(() => blobNames(world.blobDirectory)).toEqual(blobs);
  });

  it("is made again by a copy", async () => {
    const pictures = await testPictures({ count: 3 });
    const files = addPictures(world.sandbox, { pictures });
    await importAll(files);
    expect(await importAll(files, { onDuplicate: "copy" })).toMatchObject({
      counters: { done: 3, skipped: 0 },
    });
    expect(await library()).toHaveLength(6);
  });

  it("gets the tags that were asked for besides its own, and a collection when it is in none", async () => {
    const [picture = Buffer.alloc(0)] = await testPictures({ count: 1 });
    const file = () => addUnnamed([picture]);
    const { tenantId, userId: createdBy } = principal;
    const make = (name: string) => process.library.createCollection({ tenantId, name, createdBy });
    const [mine, other] = [await make("Mine"), await make("Other")];
    await importAll(file(), { tags: ["a", "b"] });
    await importAll(file(), { tags: ["b", "c"], collectionId: mine.id });
    expect(await library()).toMatchObject([{ tags: ["a", "b", "c"], collectionId: mine.id }]);
    await importAll(file(), { tags: [], collectionId: other.id });
    expect(await library()).toMatchObject([{ tags: ["a", "b", "c"], collectionId: mine.id }]);
  });

  it("is nothing to another tenant", async () => {
    const pictures = await testPictures({ count: 2 });
    const files = addPictures(world.sandbox, { pictures });
    await importAll(files);
    ({ principal } = await makePerson(process.db));
    connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
    expect(await importAll(files)).toMatchObject({ counters: { done: 2, skipped: 0 } });
  });
});

describe("imports that bring the same content at the same time", () => {
  it("make one image of it, over all processes, and leave one blob", { timeout: 60_000 }, async () => {
    const before = new Set(await blobNames(world.blobDirectory));
    const helper = await spawnTransferWorker(world);
    const pictures = await testPictures({ count: 100 });
    const orders = Array.from({ length: 3 }, () => addUnnamed(pictures));
    const jobs = await Promise.all((await Promise.all(orders.map((files) => start(files)))).map(end));
    const sum = (state: "done" | "skipped") => jobs.reduce((total, job) => total + job.counters[state], 0);
    expect({ done: sum("done"), skipped: sum("skipped") }).toEqual({ done: 100, skipped: 200 });
    const kept = new Set((await library()).map(({ blobKey }) => basename(blobKey)));
    expect(kept.size).toBe(100);
    // The blobs of those who came second go after the commit that decided so.
    const added = async () => (await blobNames(world.blobDirectory)).filter((name) => !before.has(name));
    await expect
      .poll(async () => new Set((await added()).map((name) => basename(name, ".blob"))))
      .toEqual(kept);
    await helper.kill();
  });

  it("make one image of files of one request that are alike", async () => {
    const [picture = Buffer.alloc(0)] = await testPictures({ count: 1 });
    const job = await importAll(addUnnamed(Array<Buffer>(10).fill(picture)));
    expect(job).toMatchObject({ status: "completed", counters: { done: 1, skipped: 9 } });
    expect(new Set(job.items.map(({ imageId }) => imageId)).size).toBe(1);
    expect(await library()).toHaveLength(1);
  });
});

it("takes a file that is named twice once, by its first name", async () => {
  const [file = { id: "", name: "" }] = addPictures(world.sandbox, {
    pictures: await testPictures({ count: 1 }),
  });
  const job = await importAll([file, { ...file, name: "second name.jpg" }]);
  expect(job).toMatchObject({ totalItems: 1, items: [{ state: "done", name: file.name }] });
});
