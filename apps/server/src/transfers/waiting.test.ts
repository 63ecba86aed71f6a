import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "../identity/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

let world: TransferWorld;
let process: TransferProcess;
let principal: Principal;
let connectionId: string;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
});
beforeEach(async () => {
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

async function start(count: number, sizeBytes = 0): Promise<string> {
  const files = addPictures(world.sandbox, { pictures: await testPictures({ count, sizeBytes }) });
  const order = { principal, connectionId, tags: [], collectionId: null, autoDescribe: false };
  return process.transfers.startImport({ ...order, files });
}
const job = (jobId: string) => process.transfers.getJob({ principal, jobId });

/** Ends the pause of a job now. */
async function hurry(jobId: string): Promise<void> {
  await process.db.execute(sql`update transfer_chunks set not_before = now() where job_id = ${jobId}`);
  await process.db.execute(sql`update transfer_jobs set paused_until = now() where id = ${jobId}`);
  await process.db.execute(sql`update queue.job set start_after = now() where data ->> 'jobId' = ${jobId}`);
}

describe("a job says what it waits for", () => {
  it("a worker, as long as none was seen and again when the last one has gone", async () => {
    const jobId = await start(3);
    expect(await job(jobId)).toMatchObject({
      state: "waiting_for_worker",
      status: "pending",
      startedAt: null,
    });
    const worker = await startTransferProcess(world);
    worker.transfers.startWorker();
    await expect.poll(async () => (await job(jobId)).state, { timeout: 10_000 }).toBe("ended");
    expect(await job(jobId)).toMatchObject({ status: "completed", startedAt: expect.any(Date) });
    await worker.stop();
    expect((await job(await start(3))).state).toBe("waiting_for_worker");
  });

  it("a worker also when the only one fell silent", async () => {
    const jobId = await start(3);
    await process.db.execute(
      sql`insert into workers values ('gone', '1.0.0', now() - interval '14 seconds')`,
    );
    expect((await job(jobId)).state).toBe("queued");
    await process.db.execute(sql`update workers set seen_at = now() - interval '16 seconds'`);
    expect((await job(jobId)).state).toBe("waiting_for_worker");
    await process.db.execute(sql`delete from workers`);
  });

  it("the storage of images, and goes on with every file when that is back", {
    timeout: 60_000,
  }, async () => {
    const staging = join(world.blobDirectory, "staging");
    await rename(staging, `${staging}-aside`).catch(() => undefined);
    await writeFile(staging, "a file in the place of the directory");
    const worker = await startTransferProcess(world);
    worker.transfers.startWorker();
    const jobId = await start(60);
    const paused = {
      state: "paused",
      pauseCode: "storage_unavailable",
      pausedUntil: expect.any(Date),
      counters: { pending: 60, running: 0, failed: 0 },
    };
    await expect.poll(() => job(jobId), { timeout: 20_000 }).toMatchObject(paused);
    // It looks again, as often as it takes, and fails nothing.
    for (let looks = 0; looks < 7; looks += 1) {
      await hurry(jobId);
      await expect.poll(() => job(jobId), { timeout: 20_000 }).toMatchObject(paused);
    }
    await rm(staging);
    await hurry(jobId);
    await expect
      .poll(() => job(jobId), { timeout: 20_000 })
      .toMatchObject({ status: "completed", pauseCode: null, counters: { done: 60, failed: 0 } });
    await worker.stop();
  });
});

it("a job tells how far its files are that are under way", { timeout: 30_000 }, async () => {
  world.sandbox.faults.add({ route: "files.get.media", fault: { kind: "slow", bytesPerSecond: 20_000 } });
  const worker = await startTransferProcess(world);
  worker.transfers.startWorker();
  const jobId = await start(1, 2_000_000);
  await expect.poll(async () => (await job(jobId)).bytesDone, { timeout: 20_000 }).toBeGreaterThan(10_000);
  const { counters, bytesPerSecond } = await job(jobId);
  expect(counters).toMatchObject({ running: 1, done: 0 });
  expect(bytesPerSecond).toBeGreaterThan(0);
  await process.transfers.cancelJob({ principal, jobId });
  world.sandbox.faults.clear();
  expect((await job(jobId)).bytesDone).toBe(0);
  await worker.stop();
});
