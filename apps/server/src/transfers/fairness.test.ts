import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "../identity/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { spawnTransferWorker, type WorkerProcess } from "../testing/spawn-transfer-worker.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const LARGE_FILES = 100_000;
const ALICE = "alice@example.com";
/** The promise to small jobs. */
const PROMISED_MS = 5_000;

let world: TransferWorld;
let process: TransferProcess;
let workers: WorkerProcess[];
let principal: Principal;
let connectionId: string;

beforeEach(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
  workers = [];
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: ALICE });
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await process.stop();
  await world.stop();
});

type Files = readonly { readonly id: string; readonly name: string }[];

const start = (files: Files) =>
  process.transfers.startImport({
    principal,
    connectionId,
    files,
    tags: [],
    collectionId: null,
    autoDescribe: false,
  });
const job = (jobId: string) => process.transfers.getJob({ principal, jobId });

async function startWorkers(limits: Parameters<typeof spawnTransferWorker>[1] = {}): Promise<void> {
  workers = await Promise.all([spawnTransferWorker(world, limits), spawnTransferWorker(world, limits)]);
}

/** Files that are not in the Drive behind those that are, so that there is enough to do. */
function manyFiles(there: Files): Files {
  const missing = Array.from({ length: LARGE_FILES - there.length }, (_, index) => ({
    id: `missing_${index}`,
    name: `${index}.jpg`,
  }));
  return [...there, ...missing];
}

async function expectPrompt(files: Files): Promise<void> {
  const jobId = await start(files);
  const signal = new AbortController().signal;
  const { tenantId } = principal;
  const isOver = await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: PROMISED_MS, signal });
  expect(await job(jobId)).toMatchObject({ status: "completed", counters: { done: files.length } });
  expect(isOver).toBe(true);
}

describe("a small import beside one of a hundred thousand files", { timeout: 120_000 }, () => {
  it("is done within five seconds, while the large one has nearly all of its way before it", async () => {
    const pictures = addPictures(world.sandbox, { pictures: await testPictures({ count: 3003 }) });
    const [small, there] = [pictures.slice(0, 3), pictures.slice(3)];
    world.sandbox.faults.add({ route: "files.get.media", fault: { kind: "latency", ms: 100 } });
    await startWorkers();
    const large = await start(manyFiles(there));
    await expect.poll(async () => (await job(large)).counters.done, { timeout: 60_000 }).toBeGreaterThan(100);
    await expectPrompt(small);
    const { counters, completedAt } = await job(large);
    expect(completedAt).toBeNull();
    expect(counters.pending + counters.running).toBeGreaterThan(90_000);
  });

  it("is done within five seconds also when the files of the large one are large and slow", async () => {
    const pictures = await testPictures({ count: 200, sizeBytes: 1_000_000 });
    const there = addPictures(world.sandbox, { pictures });
    const small = addPictures(world.sandbox, { pictures: await testPictures({ count: 3 }) });
    for (const { id } of there) {
      const fault = { kind: "slow", bytesPerSecond: 10_000 } as const;
      world.sandbox.faults.add({ route: "files.get.media", file: id, fault });
    }
    const limits = { transferConcurrency: 16, transferBytesInFlight: 10_000_000 };
    await startWorkers({ limits });
    const large = await start(manyFiles(there));
    // One process alone lets no more of them in than eight: both are as full as the large job may make them.
    const underWay = () => world.sandbox.requests.find({ kind: "files.get.media" }).length;
    await expect.poll(underWay, { timeout: 60_000 }).toBeGreaterThanOrEqual(16);
    await expectPrompt(small);
    expect((await job(large)).counters).toMatchObject({ done: 0 });
  });
});
