import { readdir } from "node:fs/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { images } from "../db/index.ts";
import {
  addUser,
  connectAccount,
  spawnTransferWorker,
  startTransferProcess,
  startTransferWorld,
  type TransferProcess,
  type TransferWorld,
} from "../testing/start-transfers.ts";
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
  const principal = await addUser(process.db);
  const connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
  const sub = world.sandbox.accounts[0]?.sub ?? "";
  const pictures = await testPictures({ count: FILES, sizeBytes: 100_000 });
  const files = pictures.map((content, index) => ({
    id: world.sandbox.drive.addFile(sub, { name: `${index}`, mimeType: "image/jpeg", content }).id,
    name: `${index}.jpg`,
  }));
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
