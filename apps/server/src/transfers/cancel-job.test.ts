import { readdir } from "node:fs/promises";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { images, transferChunks } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { spawnTransferWorker, type WorkerProcess } from "../testing/spawn-transfer-worker.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

/** The promise to those who cancel. */
const PROMISED_MS = 2_000;

let world: TransferWorld;
let process: TransferProcess;
let workers: WorkerProcess[];
let principal: Principal;
let connectionId: string;

beforeEach(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
  workers = await Promise.all([spawnTransferWorker(world), spawnTransferWorker(world)]);
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await process.stop();
  await world.stop();
});

async function start(pictures: readonly Buffer[]): Promise<string> {
  const files = addPictures(world.sandbox, { pictures });
  const order = { principal, connectionId, tags: [], collectionId: null, autoDescribe: false };
  return process.transfers.startImport({ ...order, files });
}

async function filesOnDisk(): Promise<number> {
  const entries = await readdir(world.blobDirectory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

it("stops what moves in every process, and leaves nothing half written", { timeout: 60_000 }, async () => {
  world.sandbox.faults.add({ route: "files.get.media", fault: { kind: "slow", bytesPerSecond: 1_000 } });
  const jobId = await start(await testPictures({ count: 200, sizeBytes: 100_000 }));
  const open = () => world.sandbox.requests.find({ kind: "files.get.media", outcome: "open" }).length;
  await expect.poll(open, { timeout: 20_000 }).toBeGreaterThan(40);
  const job = await process.transfers.cancelJob({ principal, jobId });
  expect(job).toMatchObject({ status: "cancelled", counters: { cancelled: 200, pending: 0, running: 0 } });
  await expect.poll(open, { timeout: PROMISED_MS }).toBe(0);
  await expect.poll(filesOnDisk).toBe(0);
  const states = await process.db
    .selectDistinct({ state: transferChunks.state })
    .from(transferChunks)
    .where(eq(transferChunks.jobId, jobId));
  expect(states).toEqual([{ state: "settled" }]);
});

it("keeps what is done, and no blob that no image names", { timeout: 60_000 }, async () => {
  const jobId = await start(await testPictures({ count: 600, sizeBytes: 20_000 }));
  const job = () => process.transfers.getJob({ principal, jobId });
  await expect
    .poll(async () => (await job()).counters.done, { interval: 2, timeout: 20_000 })
    .toBeGreaterThan(20);
  const { status, counters } = await process.transfers.cancelJob({ principal, jobId });
  expect(status).toBe("cancelled");
  expect(counters.done + counters.cancelled).toBe(600);
  expect(counters.cancelled).toBeGreaterThan(0);
  await expect.poll(filesOnDisk, { timeout: 10_000 }).toBe(counters.done);
  expect(await process.db.$count(images, eq(images.tenantId, principal.tenantId))).toBe(counters.done);
  await expect(process.transfers.cancelJob({ principal, jobId })).rejects.toMatchObject({
    code: "job_not_open",
  });
});
