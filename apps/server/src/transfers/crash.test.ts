import { readdir } from "node:fs/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { images } from "../db/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { spawnTransferWorker } from "../testing/spawn-transfer-worker.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const FILES = 400;

let world: TransferWorld;
let process: TransferProcess;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

async function countBlobs(): Promise<number> {
  const entries = await readdir(world.blobDirectory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && !entry.parentPath.includes("staging")).length;
}

it("goes on after its worker is killed, and brings every file once", { timeout: 60_000 }, async () => {
  const { principal } = await makePerson(process.db);
  const connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
  const pictures = await testPictures({ count: FILES, sizeBytes: 100_000 });
  const files = addPictures(world.sandbox, { pictures });
  const doomed = await spawnTransferWorker(world);
  const jobId = await process.transfers.startImport({
    principal,
    connectionId,
    files,
    tags: [],
    collectionId: null,
    autoDescribe: false,
  });
  const job = () => process.transfers.getJob({ principal, jobId });
  await expect
    .poll(async () => (await job()).counters.done, { interval: 2, timeout: 20_000 })
    .toBeGreaterThan(10);
  await doomed.kill();
  const atTheCrash = await job();
  expect(atTheCrash.completedAt).toBeNull();
  expect(atTheCrash.counters.running).toBeGreaterThan(0);
  process.transfers.startWorker();
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  expect(await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 40_000, signal })).toBe(true);
  expect(await job()).toMatchObject({ status: "completed", counters: { done: FILES }, totalItems: FILES });
  const rows = await process.db.select().from(images).where(eq(images.tenantId, tenantId));
  expect(rows).toHaveLength(FILES);
  expect(new Set(rows.map(({ sourceFileId }) => sourceFileId)).size).toBe(FILES);
  expect(await countBlobs()).toBe(FILES);
});
