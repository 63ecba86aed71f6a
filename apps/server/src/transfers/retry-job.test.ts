import { randomBytes } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { images, transferChunks, transferItems } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const ALICE = "alice@example.com";
const CANNOT = { kind: "status", reason: "cannotDownloadFile" } as const;

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
  connectionId = await connect();
});
afterEach(() => {
  world.sandbox.faults.clear();
  world.sandbox.settings.change({ oauth: { tokenRefusals: {} } });
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

const connect = () => connectAccount(process.connections, { principal, email: ALICE });
const retry = (jobId: string, as = principal) => process.transfers.retryJob({ principal: as, jobId });
const getJob = (jobId: string) => process.transfers.getJob({ principal, jobId });

let made = 0;

/** An import of pictures that no other job has. */
async function start(count: number): Promise<{ jobId: string }> {
  const pictures = (await testPictures({ count: made + count })).slice(made);
  made += count;
  const files = addPictures(world.sandbox, { email: ALICE, pictures });
  const order = { principal, connectionId, files, tags: [], collectionId: null, autoDescribe: false };
  return { jobId: await process.transfers.startImport(order) };
}

async function end(jobId: string) {
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  expect(await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 25_000, signal })).toBe(true);
  return getJob(jobId);
}

const rowsOf = (jobId: string) =>
  process.db
    .select()
    .from(transferItems)
    .where(eq(transferItems.jobId, jobId))
    .orderBy(transferItems.position);

/** An import of which every file from the third on fails, for as long as the fault is there. */
async function startFailing(count: number): Promise<string> {
  const files = addPictures(world.sandbox, { email: ALICE, pictures: await testPictures({ count }) });
  for (const { id } of files.slice(2)) {
    world.sandbox.faults.add({ route: "files.get.media", file: id, fault: CANNOT });
  }
  const order = { principal, connectionId, files, tags: [], collectionId: null, autoDescribe: false };
  return process.transfers.startImport(order);
}

describe("a retry", () => {
  it("runs the failed files again under the ids that were reserved for them, and leaves the others alone", async () => {
    const jobId = await startFailing(40);
    expect(await end(jobId)).toMatchObject({ counters: { done: 2, failed: 38 } });
    const before = await rowsOf(jobId);
    world.sandbox.faults.clear();
    const downloads = world.sandbox.requests.count("files.get.media");
    expect(await retry(jobId)).toMatchObject({
      id: jobId,
      totalItems: 40,
      errorCode: null,
      errorMessage: null,
      completedAt: null,
    });
    expect(await end(jobId)).toMatchObject({
      status: "completed",
      counters: { pending: 0, running: 0, done: 40, skipped: 0, failed: 0, cancelled: 0 },
      errorMessage: null,
    });
    expect(world.sandbox.requests.count("files.get.media")).toBe(downloads + 38);
    const after = await rowsOf(jobId);
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after.map((row) => row.imageId)).toEqual(before.map((row) => row.imageId));
    const kept = await process.db.select().from(images).where(eq(images.tenantId, principal.tenantId));
    expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(after.map((row) => row.imageId)));
  });

  it("keeps the sum of the counters at every moment, and comes through all chunks of a large job", async () => {
    const jobId = await startFailing(300);
    await end(jobId);
    world.sandbox.faults.clear();
    await retry(jobId);
    let samples = 0;
    for (let isOpen = true; isOpen; samples += 1) {
      const job = await getJob(jobId);
      expect(job.totalItems).toBe(300);
      expect(Object.values(job.counters).every((count) => count >= 0)).toBe(true);
      isOpen = job.completedAt === null;
    }
    expect(samples).toBeGreaterThan(1);
    expect((await getJob(jobId)).counters.done).toBe(300);
    const open = and(eq(transferChunks.jobId, jobId), sql`state <> 'settled'`);
    expect(await process.db.$count(transferChunks, open)).toBe(0);
  });

  it("can fail again and be retried again", async () => {
    const jobId = await startFailing(4);
    await end(jobId);
    await retry(jobId);
    expect(await end(jobId)).toMatchObject({
      status: "completed_with_errors",
      counters: { done: 2, failed: 2 },
    });
    world.sandbox.faults.clear();
    await retry(jobId);
    expect(await end(jobId)).toMatchObject({ status: "completed", counters: { done: 4, failed: 0 } });
  });

  it("is won by one of two that come at the same time, and by none while the job runs", async () => {
    const jobId = await startFailing(30);
    await expect(retry(jobId)).rejects.toMatchObject({ code: "job_not_finished" });
    await end(jobId);
    world.sandbox.faults.clear();
    const outcomes = await Promise.allSettled([retry(jobId), retry(jobId), retry(jobId)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue;
      expect(["job_not_finished", "nothing_to_retry"]).toContain(outcome.reason.code);
    }
    expect(await end(jobId)).toMatchObject({ totalItems: 30, counters: { done: 30 } });
    await expect(retry(jobId)).rejects.toMatchObject({ code: "nothing_to_retry" });
  });

  it("is for the owner alone", async () => {
    const jobId = await startFailing(3);
    await end(jobId);
    const { tenantId } = principal;
    const { principal: colleague } = await makePerson(process.db, { tenantId });
    const { principal: stranger } = await makePerson(process.db);
    await expect(retry(jobId, colleague)).rejects.toMatchObject({ code: "forbidden" });
    await expect(retry(jobId, stranger)).rejects.toMatchObject({ code: "job_not_found" });
    expect((await getJob(jobId)).counters.failed).toBe(1);
  });

  it("needs the connection to be there and alive", async () => {
    const jobId = await startFailing(3);
    await end(jobId);
    await process.connections.disconnect({ principal, id: connectionId });
    await expect(retry(jobId)).rejects.toMatchObject({ code: "connection_not_found" });
    expect(await getJob(jobId)).toMatchObject({
      connectionId,
      provider: "google_drive",
      status: "completed_with_errors",
    });
  });

  it("sends an export's files under the ids reserved before, and none twice", async () => {
    const source = await start(6);
    await end(source.jobId);
    const { tenantId } = principal;
    const { madeIds } = await process.transfers.jobOutcome({ tenantId, jobId: source.jobId, type: "import" });
    world.sandbox.faults.add({
      route: "upload.*",
      times: 3,
      fault: { kind: "status", reason: "appNotAuthorizedToFile" },
    });
    const order = {
      principal,
      connectionId,
      imageIds: madeIds,
      folderId: null,
      folderName: "Retried",
      onConflict: "keep_both",
    } as const;
    const jobId = await process.transfers.startExport(order);
    expect(await end(jobId)).toMatchObject({ counters: { done: 3, failed: 3 } });
    const before = await rowsOf(jobId);
    expect(before.filter((row) => row.providerFileId === null)).toEqual([]);
    await retry(jobId);
    expect(await end(jobId)).toMatchObject({ status: "completed", counters: { done: 6 } });
    expect((await rowsOf(jobId)).map((row) => row.providerFileId)).toEqual(
      before.map((row) => row.providerFileId),
    );
    const sub = world.sandbox.accounts.find(({ email }) => email === ALICE)?.sub ?? "";
    const made = world.sandbox.drive
      .listAll(sub)
      .filter((file) => JSON.stringify(file.appProperties).includes(jobId));
    expect(made).toHaveLength(6);
    expect(new Set(made.map(({ id }) => id))).toEqual(new Set(before.map((row) => row.providerFileId)));
    const folders = world.sandbox.drive.listAll(sub).filter(({ name }) => name === "Retried");
    expect(folders).toHaveLength(1);
  });
});

describe("a grant that dies", () => {
  it("stops every open job of the connection at once, whose files run after connecting again", async () => {
    const first = await start(60);
    await end(first.jobId);
    world.sandbox.revokeGrant(ALICE);
    const jobs = [await start(200), await start(3)];
    for (const { jobId } of jobs) {
      const job = await end(jobId);
      expect(job).toMatchObject({ status: "failed", errorCode: "REAUTH_REQUIRED" });
      await expect(retry(jobId)).rejects.toMatchObject({ code: "REAUTH_REQUIRED" });
    }
    expect(await connect()).toBe(connectionId);
    for (const { jobId } of jobs) await retry(jobId);
    expect((await end(jobs[0]?.jobId ?? "")).counters).toMatchObject({ done: 200, failed: 0 });
    expect((await end(jobs[1]?.jobId ?? "")).counters).toMatchObject({ done: 3, failed: 0 });
    const kept = await process.db.$count(images, eq(images.tenantId, principal.tenantId));
    expect(kept).toBe(263);
  });

  it("stops a job that no worker has come to, in the transaction that marks the connection", async () => {
    const other = await startTransferWorld();
    const idle = await startTransferProcess(other);
    const person = await makePerson(idle.db);
    const { tenantId } = person.principal;
    const connection = await connectAccount(idle.connections, { ...person, email: ALICE });
    const jobId = await idle.transfers.startImport({
      principal: person.principal,
      connectionId: connection,
      files: Array.from({ length: 50 }, (_, index) => ({ id: `file_${index}`, name: `${index}.jpg` })),
      tags: [],
      collectionId: null,
      autoDescribe: false,
    });
    const credential = idle.connections.credentialFor({ tenantId, connectionId: connection });
    await credential.giveUp(await credential.current());
    expect(await idle.transfers.getJob({ principal: person.principal, jobId })).toMatchObject({
      errorCode: "REAUTH_REQUIRED",
      status: "failed",
      counters: { pending: 0, running: 0, failed: 50 },
    });
    await idle.stop();
    await other.stop();
  });
});

/** A minute, or a bit more, so that not all come back at one moment. */
const isAMinute = (seconds: number) => seconds >= 60 && seconds <= 75;

describe("what only the operator can mend", () => {
  /** Brings the messages of a job that wait for their time. */
  const hurry = async (jobId: string, db = process.db) => {
    await db.execute(sql`update transfer_jobs set paused_until = now() where id = ${jobId}`);
    await db.execute(sql`update transfer_chunks set not_before = now() where job_id = ${jobId}`);
    await db.execute(sql`update queue.job set start_after = now() where data ->> 'jobId' = ${jobId}`);
  };
  const waiting = async (jobId: string, db = process.db) => {
    const { rows } = await db.execute<{ seconds: number }>(sql`
      select extract(epoch from start_after - created_on)::int as seconds from queue.job
      where data ->> 'jobId' = ${jobId} and state = 'created'`);
    return rows.map(({ seconds }) => seconds);
  };

  it("a sealing key that is missing: the job fails nothing, waits, and goes on when the key is back", async () => {
    const other = await startTransferWorld();
    const sealed = await startTransferProcess(other);
    const person = await makePerson(sealed.db);
    const connection = await connectAccount(sealed.connections, { ...person, email: ALICE });
    const files = addPictures(other.sandbox, { pictures: await testPictures({ count: 5 }) });
    const jobId = await sealed.transfers.startImport({
      principal: person.principal,
      connectionId: connection,
      files,
      tags: [],
      collectionId: null,
      autoDescribe: false,
    });
    const job = () => sealed.transfers.getJob({ principal: person.principal, jobId });
    const keyless = await startTransferProcess({ ...other, sealingKey: randomBytes(32) });
    keyless.transfers.startWorker();
    await expect
      .poll(() => waiting(jobId, sealed.db), { timeout: 10_000 })
      .toEqual([expect.toSatisfy(isAMinute)]);
    expect(await job()).toMatchObject({ completedAt: null, counters: { pending: 5, running: 0, failed: 0 } });
    await keyless.stop();
    sealed.transfers.startWorker();
    await hurry(jobId, sealed.db);
    await expect.poll(async () => (await job()).status, { timeout: 10_000 }).toBe("completed");
    await sealed.stop();
    await other.stop();
  });

  it("an OAuth client that is refused: the job waits, and the connection is kept", async () => {
    await process.db.execute(
      sql`update connections set access_token_expires_at = now() where id = ${connectionId}`,
    );
    world.sandbox.faults.add({
      route: "oauth.token",
      fault: { kind: "status", status: 401, reason: "invalid_client" },
    });
    const { jobId } = await start(4);
    await expect.poll(() => waiting(jobId), { timeout: 10_000 }).toEqual([expect.toSatisfy(isAMinute)]);
    expect(await getJob(jobId)).toMatchObject({ completedAt: null, counters: { pending: 4, failed: 0 } });
    world.sandbox.faults.clear();
    await hurry(jobId);
    expect(await end(jobId)).toMatchObject({ status: "completed" });
  });
});
