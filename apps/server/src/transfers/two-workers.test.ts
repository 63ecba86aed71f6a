import { afterAll, beforeAll, expect, it } from "vitest";
import { addPictures } from "../testing/add-pictures.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { spawnTransferWorker, type WorkerProcess } from "../testing/spawn-transfer-worker.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const LIMITS = { connectionConcurrency: 128, transferConcurrency: 64 };

let world: TransferWorld;
let process: TransferProcess;
let workers: WorkerProcess[] = [];

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world, { limits: LIMITS });
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await process.stop();
  await world.stop();
});

it("two workers share a job whose files take long to come", { timeout: 60_000 }, async () => {
  const { principal } = await makePerson(process.db);
  const connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
  const files = addPictures(world.sandbox, {
    pictures: await testPictures({ count: 1000, sizeBytes: 50_000 }),
  });
  world.sandbox.faults.add({ route: "files.get.media", fault: { kind: "slow", bytesPerSecond: 500 } });
  workers = await Promise.all([
    spawnTransferWorker(world, { limits: LIMITS }),
    spawnTransferWorker(world, { limits: LIMITS }),
  ]);
  await process.transfers.startImport({
    principal,
    connectionId,
    files,
    tags: [],
    collectionId: null,
    autoDescribe: false,
  });
  // None of them comes to its end meanwhile, and one worker alone never has more than 64.
  const underWay = () => world.sandbox.requests.find({ kind: "files.get.media" }).length;
  await expect.poll(underWay, { timeout: 40_000 }).toBeGreaterThan(104);
  expect(underWay()).toBeLessThanOrEqual(LIMITS.connectionConcurrency);
});
