import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createDiskBlobStore } from "../blobs/index.ts";
import { idempotencyKeys, sweeps, transferItems, transferJobs, uploadSessions } from "../db/index.ts";
import { systemClock } from "../platform/index.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson, type Person } from "../testing/make-person.ts";
import { openDatabase } from "../testing/open-database.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testLog } from "../testing/test-log.ts";
import { claimSweep } from "./claim-sweep.ts";
import { startSweeping } from "./start-sweeping.ts";

let world: TransferWorld;
let process: TransferProcess;
let opened: ReturnType<typeof openDatabase>;
let principal: Person["principal"];
let connectionId: string;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
  opened = openDatabase(world.database);
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
});
beforeEach(async () => {
  await opened.db.delete(transferJobs);
  await opened.db.delete(sweeps);
});
afterAll(async () => {
  await process.stop();
  await opened.close();
  await world.stop();
});

async function sweepOnce(jobRetentionDays = 90): Promise<void> {
  const blobs = createDiskBlobStore({ directory: world.blobDirectory });
  const clearStore = () => blobs.sweepStaging();
  const parts = {
    db: opened.guarded,
    blobs,
    clearStore,
    clock: systemClock,
    log: testLog(),
    jobRetentionDays,
  };
  const stop = startSweeping(parts);
  await expect.poll(() => opened.db.$count(sweeps)).toBe(4);
  await stop();
}

const startJob = (key: string) =>
  process.transfers.startImport({
    principal,
    connectionId,
    files: [{ id: "file_1", name: "a.jpg" }],
    tags: [],
    collectionId: null,
    autoDescribe: false,
    repeatable: { operation: "importFiles", key, requestSha256: Buffer.alloc(32), waitMs: 0 },
  });

/** Ends the job so many days ago. */
const endJob = (id: string, daysAgo: number) =>
  opened.db.execute(sql`update transfer_jobs set status = 'failed', pending_items = 0, failed_items = 1,
    completed_at = now() - ${daysAgo}::int * interval '1 day' where id = ${id}`);

const jobIds = async () =>
  (await opened.db.select({ id: transferJobs.id }).from(transferJobs)).map(({ id }) => id);

it("jobs go with their items when they ended longer ago than they are kept; open ones stay", async () => {
  const [old, lately, open] = [await startJob("1"), await startJob("2"), await startJob("3")];
  await endJob(old, 91);
  await endJob(lately, 89);
  await opened.db.execute(
    sql`update transfer_jobs set created_at = now() - interval '200 days' where id = ${open}`,
  );
  await sweepOnce();
  expect((await jobIds()).sort()).toEqual([lately, open].sort());
  expect(await opened.db.$count(transferItems)).toBe(2);
});

it("jobs stay for ever when so configured", async () => {
  const old = await startJob("1");
  await endJob(old, 4000);
  await sweepOnce(0);
  expect(await jobIds()).toEqual([old]);
});

it("keys of requests go after a day, and not before; the addresses of uploads after a week", async () => {
  const [first, second] = [await startJob("1"), await startJob("2")];
  await opened.db.execute(
    sql`update idempotency_keys set created_at = now() - interval '25 hours' where job_id = ${first}`,
  );
  await opened.db.execute(
    sql`update idempotency_keys set created_at = now() - interval '23 hours' where job_id = ${second}`,
  );
  const { tenantId } = principal;
  for (const [jobId, daysAgo] of [
    [first, 8],
    [second, 6],
  ] as const) {
    const createdAt = new Date(Date.now() - daysAgo * 24 * 60 * 60 * 1000);
    await opened.db
      .insert(uploadSessions)
      .values({ id: `${jobId}:0`, tenantId, jobId, addressSealed: "x", createdAt });
  }
  await sweepOnce();
  expect((await opened.db.select().from(idempotencyKeys)).map(({ jobId }) => jobId)).toEqual([second]);
  expect((await opened.db.select().from(uploadSessions)).map(({ jobId }) => jobId)).toEqual([second]);
});

it("of many workers one does a sweep, and the next when its time has come", async () => {
  const claims = () =>
    Promise.all(Array.from({ length: 8 }, () => claimSweep(opened.guarded, "old_jobs", 60_000)));
  expect((await claims()).filter(Boolean)).toHaveLength(1);
  expect((await claims()).filter(Boolean)).toHaveLength(0);
  await opened.db.execute(sql`update sweeps set began_at = now() - interval '61 seconds'`);
  expect((await claims()).filter(Boolean)).toHaveLength(1);
});
