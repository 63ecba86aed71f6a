import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { transferChunks, transferJobs, uploadSessions } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { createKeyring } from "../platform/index.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { putImages } from "../testing/put-images.ts";
import { spawnTransferWorker } from "../testing/spawn-transfer-worker.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { keepUploadSession } from "./keep-upload-session.ts";

const BOB = "bob@example.com";
const CHUNK = "upload.resumable.chunk";
const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

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
  connectionId = await connectAccount(process.connections, { principal, email: BOB });
});
afterEach(() => world.sandbox.faults.clear());
afterAll(async () => {
  await process.stop();
  await world.stop();
});

async function startExport(content: Buffer) {
  const imageIds = await putImages({ ...world, db: process.db }, { principal, contents: [content] });
  const order = {
    principal,
    connectionId,
    imageIds,
    folderId: null,
    folderName: "Large",
    onConflict: "keep_both" as const,
  };
  return process.transfers.startExport(order);
}

const sessionsOf = (jobId: string) =>
  process.db.select().from(uploadSessions).where(eq(uploadSessions.jobId, jobId));

const chunksSent = (mark: number) => world.sandbox.requests.find({ since: mark, kind: CHUNK });

it("goes on after its worker is killed amid a large file, and sends the rest alone", {
  timeout: 60_000,
}, async () => {
  const content = randomBytes(40 * MIB);
  const doomed = await spawnTransferWorker(world);
  world.sandbox.faults.add({ route: CHUNK, attempt: 3, fault: { kind: "never" } });
  const jobId = await startExport(content);
  await world.sandbox.requests.waitFor({ kind: CHUNK, fault: "never" }, { timeoutMs: 30_000 });
  expect(await sessionsOf(jobId)).toMatchObject([{ confirmedBytes: 16 * MIB }]);
  await doomed.kill();
  world.sandbox.faults.clear();
  const mark = world.sandbox.requests.mark();
  process.transfers.startWorker();
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  expect(await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 60_000, signal })).toBe(true);
  expect(await process.transfers.getJob({ principal, jobId })).toMatchObject({
    status: "completed",
    bytesDone: content.length,
  });
  expect(chunksSent(mark).reduce((sum, { bytesIn }) => sum + bytesIn, 0)).toBe(24 * MIB);
  const bob = world.sandbox.accounts.find(({ email }) => email === BOB)?.sub ?? "";
  const files = world.sandbox.drive.listAll(bob).filter(({ name }) => name === "image 0.jpg");
  expect(files).toHaveLength(1);
  expect(content.equals(world.sandbox.drive.contentOf(files[0]?.id ?? "") ?? Buffer.alloc(0))).toBe(true);
  expect(await sessionsOf(jobId)).toEqual([]);
});

it("ends with its job: a disconnected Drive gets no more of a large file", { timeout: 60_000 }, async () => {
  process.transfers.startWorker();
  const mark = world.sandbox.requests.mark();
  world.sandbox.faults.add({ route: CHUNK, attempt: 2, fault: { kind: "latency", ms: 1_000 } });
  const jobId = await startExport(randomBytes(48 * MIB));
  await world.sandbox.requests.waitFor({ since: mark, kind: CHUNK, status: 308 });
  await process.db.transaction((tx) =>
    process.transfers.cancelJobsOf(tx, { tenantId: principal.tenantId, connectionId }),
  );
  expect(await process.transfers.getJob({ principal, jobId })).toMatchObject({ status: "cancelled" });
  expect(await sessionsOf(jobId)).toEqual([]);
  // By the end of another export as large, the rest of the first would have come too.
  world.sandbox.faults.clear();
  const second = await startExport(randomBytes(48 * MIB));
  await expect
    .poll(async () => (await process.transfers.getJob({ principal, jobId: second })).status, {
      timeout: 30_000,
    })
    .toBe("completed");
  expect(chunksSent(mark).length).toBeLessThanOrEqual(3 + 6);
});

describe("a kept session", () => {
  const content = { fileId: "file", revises: false, sizeBytes: 10, sha256: "ab" };
  const address = "https://www.googleapis.com/upload/drive/v3/files?upload_id=secret";
  let jobId: string;
  const abandoned: string[] = [];

  /** The session as somebody keeps it who took the chunk as the one before the worker would. */
  async function keep(changes: { content?: Partial<typeof content>; aheadMs?: number; key?: Buffer } = {}) {
    const [job] = await process.db.select().from(transferJobs).where(eq(transferJobs.id, jobId));
    const [row] = await process.db.select().from(transferChunks).where(eq(transferChunks.jobId, jobId));
    if (job === undefined || row === undefined) throw new Error("the job is not there");
    const chunk = { job, chunkNumber: 0, fencingToken: row.fencingToken, items: [] };
    const keyring = createKeyring([{ id: "test", secret: changes.key ?? world.sealingKey }]);
    const clock = { now: () => Date.now() + (changes.aheadMs ?? 0) };
    const params = { chunk, position: 0, content: { ...content, ...changes.content } };
    return keepUploadSession(
      { db: process.db, keyring, clock, abandon: ({ message }) => abandoned.push(message) },
      params,
    );
  }

  // No worker runs: the chunk stays as it was released.
  beforeEach(async () => {
    const [job] = await process.db
      .insert(transferJobs)
      .values({
        id: `job_${randomBytes(8).toString("hex")}`,
        tenantId: principal.tenantId,
        userId: principal.userId,
        type: "export",
        connectionId,
        provider: "google_drive",
        status: "processing",
        options: {},
        pendingItems: 1,
      })
      .returning();
    jobId = job?.id ?? "";
    await process.db.insert(transferChunks).values({
      jobId,
      number: 0,
      tenantId: principal.tenantId,
      connectionId,
      state: "released",
      fencingToken: 1,
    });
  });

  it("comes back as it was saved last, and its address rests sealed", async () => {
    const session = await keep();
    expect(await session.load()).toBeNull();
    await session.save({ address, confirmedBytes: 0 });
    await session.save({ address, confirmedBytes: 5 });
    expect(await (await keep()).load()).toEqual({ address, confirmedBytes: 5 });
    expect(JSON.stringify(await sessionsOf(jobId))).not.toContain("upload_id");
    await session.drop();
    expect(await session.load()).toBeNull();
  });

  it.each([
    { content: { fileId: "other" } },
    { content: { revises: true } },
    { content: { sizeBytes: 11 } },
    { content: { sha256: "cd" } },
    { aheadMs: 7 * DAY_MS + 60_000 },
    { key: randomBytes(32) },
  ])("is dropped when it is asked for with %j", async (changes) => {
    await (await keep()).save({ address, confirmedBytes: 5 });
    expect(await (await keep(changes)).load()).toBeNull();
    expect(await sessionsOf(jobId)).toEqual([]);
  });

  it("is not written by a worker that lost the chunk", async () => {
    const session = await keep();
    await session.save({ address, confirmedBytes: 5 });
    await process.db.update(transferChunks).set({ fencingToken: 2 }).where(eq(transferChunks.jobId, jobId));
    await expect(session.save({ address, confirmedBytes: 9 })).rejects.toThrow("belongs to another worker");
    expect(abandoned).toHaveLength(1);
    expect(await sessionsOf(jobId)).toMatchObject([{ confirmedBytes: 5 }]);
  });
});
