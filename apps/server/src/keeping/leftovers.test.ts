import { mkdir, readdir, rmdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDiskBlobStore, type BlobStore } from "../blobs/index.ts";
import { images, transferItems } from "../db/index.ts";
import { newId, systemClock } from "../platform/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { blobNames } from "../testing/blob-names.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { findInconsistencies } from "../testing/find-inconsistencies.ts";
import { makePerson, type Person } from "../testing/make-person.ts";
import { spawnTransferWorker } from "../testing/spawn-transfer-worker.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";
import { openDatabase } from "../testing/open-database.ts";
import { sweepOrphanBlobs } from "./sweeps/sweep-orphan-blobs.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const signal = new AbortController().signal;

let world: TransferWorld;
let process: TransferProcess;
let opened: ReturnType<typeof openDatabase>;
let principal: Person["principal"];
let connectionId: string;

beforeEach(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
  opened = openDatabase(world.database);
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
});
afterEach(async () => {
  await process.stop();
  await opened.close();
  await world.stop();
});

const store = () => createDiskBlobStore({ directory: world.blobDirectory });

/** Sweeps as if so much time had gone by. */
const sweep = (laterMs: number, graceMs?: number) =>
  sweepOrphanBlobs(
    { db: opened.guarded, blobs: store(), clock: { now: () => systemClock.now() + laterMs } },
    { signal, ...(graceMs === undefined ? {} : { graceMs }) },
  );

async function startImport(count: number, sizeBytes: number): Promise<string> {
  const files = addPictures(world.sandbox, { pictures: await testPictures({ count, sizeBytes }) });
  const order = { principal, connectionId, files, tags: [], collectionId: null, autoDescribe: false };
  return process.transfers.startImport(order);
}

const doneIn = async (jobId: string) => (await process.transfers.getJob({ principal, jobId })).counters.done;

async function addBlob(blobs: BlobStore, key: string): Promise<void> {
  const staged = await blobs.stage(key);
  await pipeline(Readable.from([Buffer.from("bytes")]), staged.stream);
  await staged.commit();
}

const newKey = (tenantId: string) => `${tenantId}/01h455/${newId("img")}_1`;

describe("what an import leaves behind", () => {
  it("is nothing after a disconnect in the middle and the sweep", { timeout: 60_000 }, async () => {
    const worker = await startTransferProcess(world);
    worker.transfers.startWorker();
    const jobId = await startImport(400, 200_000);
    await expect.poll(() => doneIn(jobId), { interval: 2, timeout: 20_000 }).toBeGreaterThan(10);
    await process.connections.disconnect({ principal, id: connectionId });
    expect(await process.transfers.getJob({ principal, jobId })).toMatchObject({ status: "cancelled" });
    await worker.stop();
    await sweep(1000, 0);
    const rows = await opened.db.$count(images);
    expect(rows).toBeLessThan(400);
    expect(await blobNames(world.blobDirectory)).toHaveLength(rows);
    expect(await readdir(join(world.blobDirectory, "staging"))).toEqual([]);
    expect(await findInconsistencies(world)).toEqual([]);
  });

  it("is nothing after its worker was killed, it was disconnected, and the sweeps", {
    timeout: 60_000,
  }, async () => {
    const doomed = await spawnTransferWorker(world);
    const jobId = await startImport(400, 200_000);
    await expect.poll(() => doneIn(jobId), { interval: 2, timeout: 20_000 }).toBeGreaterThan(10);
    await doomed.kill();
    await process.connections.disconnect({ principal, id: connectionId });
    await sweep(1000, 0);
    await store().sweepStaging();
    const rows = await opened.db.$count(images);
    expect(await blobNames(world.blobDirectory)).toHaveLength(rows);
    expect(await readdir(join(world.blobDirectory, "staging"))).toEqual([]);
    expect(await findInconsistencies(world)).toEqual([]);
  });
});

describe("the sweep of blobs", () => {
  it("leaves what an open item may still name, and what is younger than a day", async () => {
    const jobId = await startImport(1, 1000);
    const [item] = await opened.db.select().from(transferItems).where(eq(transferItems.jobId, jobId));
    const { tenantId } = principal;
    await addBlob(store(), `${tenantId}/01h455/${item?.imageId}_1`);
    await addBlob(store(), newKey(tenantId));
    expect(await sweep(DAY_MS - 60_000)).toBe(0);
    expect(await sweep(DAY_MS + 60_000)).toBe(1);
    expect(await blobNames(world.blobDirectory)).toHaveLength(1);
    await process.connections.disconnect({ principal, id: connectionId });
    expect(await sweep(DAY_MS + 60_000)).toBe(1);
  });

  it("leaves blobs of a workspace that this database does not know, and keys that are no image's", async () => {
    await addBlob(store(), newKey(newId("ten")));
    await addBlob(store(), "something/else");
    expect(await sweep(2 * DAY_MS)).toBe(0);
  });

  it("finds them among more than it looks at in one go", async () => {
    const keys = Array.from({ length: 1_203 }, () => newKey(principal.tenantId));
    for (const key of keys) await addBlob(store(), key);
    expect(await sweep(2 * DAY_MS)).toBe(1_203);
  });
});

describe("folders of the disk", () => {
  it("go when they have been empty for an hour, with those above them; others stay", async () => {
    const blobs = store();
    await addBlob(blobs, "ten_1/aaaaaa/img_1");
    await addBlob(blobs, "ten_1/bbbbbb/img_1");
    await addBlob(blobs, "ten_2/aaaaaa/img_1");
    await blobs.remove("ten_1/aaaaaa/img_1");
    await blobs.remove("ten_2/aaaaaa/img_1");
    expect(await blobs.sweepFolders()).toBe(0);
    const objects = join(world.blobDirectory, "objects");
    const before = new Date(Date.now() - 2 * 60 * 60 * 1000);
    for (const name of ["ten_1/aaaaaa", "ten_2/aaaaaa", "ten_2"])
      await utimes(join(objects, name), before, before);
    expect(await blobs.sweepFolders()).toBe(2);
    expect(await readdir(join(objects, "ten_1"))).toEqual(["bbbbbb"]);
    // Losing a folder has made the one above it young.
    expect(await readdir(objects)).toEqual(["ten_1", "ten_2"]);
    await utimes(join(objects, "ten_2"), before, before);
    expect(await blobs.sweepFolders()).toBe(1);
    await addBlob(blobs, "ten_2/aaaaaa/img_2");
    expect(await blobs.sizeBytes("ten_2/aaaaaa/img_2")).toBe(5);
  });

  it("are nothing to sweep before there are any", async () => {
    await mkdir(world.blobDirectory, { recursive: true });
    await rmdir(join(world.blobDirectory, "objects")).catch(() => undefined);
    expect(await store().sweepFolders()).toBe(0);
  });
});
