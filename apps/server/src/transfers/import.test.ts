import { eq } from "drizzle-orm";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { images, transferChunks, transferJobs } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const ALICE = "alice@example.com";

let world: TransferWorld;
let process: TransferProcess;
let principal: Principal;
let connectionId: string;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world, { limits: { maxFileBytes: 1024 * 1024 } });
  process.transfers.startWorker();
});
beforeEach(async () => {
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: ALICE });
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

const sub = () => world.sandbox.accounts[0]?.sub ?? "";

function addFile(file: Partial<Parameters<TransferWorld["sandbox"]["drive"]["addFile"]>[1]>): string {
  const whole = { name: "a.jpg", mimeType: "image/jpeg", content: null, ...file };
  return world.sandbox.drive.addFile(sub(), whole).id;
}

async function start(ids: readonly string[]): Promise<string> {
  return process.transfers.startImport({
    principal,
    connectionId,
    files: ids.map((id, index) => ({ id, name: `picture ${index}.jpg` })),
    tags: ["from drive"],
    collectionId: null,
    autoDescribe: true,
  });
}

async function end(jobId: string) {
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  const hasEnded = await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 25_000, signal });
  expect(hasEnded).toBe(true);
  return process.transfers.getJob({ principal, jobId });
}

async function itemsOf(jobId: string) {
  const page = await process.transfers.listJobItems({ principal, jobId, limit: 1000, afterPosition: null });
  return page.items;
}

describe("an import", () => {
  it("brings every picture into the library, byte for byte, in the order of the request", async () => {
    const pictures = await testPictures({ count: 60 });
    const ids = pictures.map((content, index) => addFile({ name: `p${index}.jpg`, content }));
    const jobId = await start(ids);
    expect(await end(jobId)).toMatchObject({
      status: "completed",
      totalItems: 60,
      errorMessage: null,
      errorCode: null,
      counters: { pending: 0, running: 0, done: 60, skipped: 0, failed: 0, cancelled: 0 },
      bytesDone: pictures.reduce((sum, picture) => sum + picture.length, 0),
    });
    const { madeIds, failed } = await process.transfers.jobOutcome({
      tenantId: principal.tenantId,
      jobId,
      type: "import",
    });
    expect(failed).toEqual([]);
    for (const [index, id] of madeIds.entries()) {
      const image = await process.library.getImage({ tenantId: principal.tenantId, id });
      expect(image).toMatchObject({
        filename: `picture ${index}.jpg`,
        mediaType: "image/jpeg",
        width: 40,
        height: 30,
        tags: ["from drive"],
        createdBy: principal.userId,
        source: { provider: "google_drive", connectionId, fileId: ids[index] },
      });
      if (image === null) continue;
      const bytes = await buffer(await process.library.openImage(image, null));
      expect(bytes.equals(pictures[index] ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it("ends each file of a mixed set with its own reason, and names how many are missing", async () => {
    const [picture, unnamed, drawn] = (await testPictures({ count: 3 })) as [Buffer, Buffer, Buffer];
    const drawing = "application/vnd.google-apps.drawing";
    const cases = [
      { id: addFile({ content: picture }), state: "done", code: null },
      { id: addFile({ content: unnamed, omitSha: true }), state: "done", code: null },
      {
        id: addFile({ mimeType: drawing, exports: { "image/png": drawn } }),
        state: "done",
        code: null,
      },
      { id: "there_is_no_such_file", state: "failed", code: "not_found" },
      { id: addFile({ content: picture, trashed: true }), state: "failed", code: "trashed" },
      { id: addFile({ content: picture, canDownload: false }), state: "failed", code: "no_permission" },
      { id: addFile({ content: picture, abusive: true }), state: "failed", code: "abusive" },
      { id: addFile({ content: Buffer.from("hello") }), state: "failed", code: "not_an_image" },
      { id: addFile({ content: Buffer.alloc(0) }), state: "failed", code: "not_an_image" },
      { id: addFile({ mimeType: "text/plain", content: picture }), state: "failed", code: "not_an_image" },
      {
        id: addFile({ mimeType: "application/vnd.google-apps.document" }),
        state: "failed",
        code: "not_an_image",
      },
      { id: addFile({ content: Buffer.alloc(1024 * 1024 + 1) }), state: "failed", code: "too_large" },
      {
        id: addFile({ mimeType: "application/vnd.google-apps.shortcut" }),
        state: "failed",
        code: "shortcut_broken",
      },
    ];
    const jobId = await start(cases.map(({ id }) => id));
    expect(await end(jobId)).toMatchObject({
      status: "completed_with_errors",
      errorMessage: "10 of 13 files were not imported.",
      counters: { done: 3, failed: 10 },
    });
    const items = await itemsOf(jobId);
    expect(items.map(({ state, errorCode }) => ({ state, code: errorCode }))).toEqual(
      cases.map(({ state, code }) => ({ state, code })),
    );
    expect(items.filter((item) => item.errorCode !== null && item.errorMessage === null)).toEqual([]);
  });

  it("keeps the sum of its counters at every moment that anybody looks", async () => {
    const pictures = await testPictures({ count: 300 });
    const jobId = await start(pictures.map((content) => addFile({ content })));
    let samples = 0;
    for (let isOpen = true; isOpen; samples += 1) {
      const job = await process.transfers.getJob({ principal, jobId });
      expect(job.totalItems).toBe(300);
      expect(Object.values(job.counters).every((count) => count >= 0)).toBe(true);
      isOpen = job.completedAt === null;
    }
    expect(samples).toBeGreaterThan(1);
    const [row] = await process.db
      .select({ count: transferChunks.number })
      .from(transferChunks)
      .where(eq(transferChunks.state, "released"));
    expect(row).toBeUndefined();
  });

  it("stops at once when the grant is dead, says so, and fails what was left with that reason", async () => {
    const pictures = await testPictures({ count: 200 });
    const ids = pictures.map((content) => addFile({ content }));
    world.sandbox.revokeGrant(ALICE);
    const jobId = await start(ids);
    const job = await end(jobId);
    expect(job).toMatchObject({ status: "failed", errorCode: "REAUTH_REQUIRED" });
    expect(job.errorMessage).toMatch(/^None of the 200 files was imported\. .*connect/);
    const items = await itemsOf(jobId);
    expect(new Set(items.map(({ errorCode }) => errorCode))).toEqual(new Set(["REAUTH_REQUIRED"]));
    await expect(start(ids)).rejects.toMatchObject({ code: "REAUTH_REQUIRED" });
  });

  it("is cancelled by disconnecting, and leaves what was done", async () => {
    const pictures = await testPictures({ count: 600 });
    const jobId = await start(pictures.map((content) => addFile({ content })));
    await expect
      .poll(async () => (await process.transfers.getJob({ principal, jobId })).counters.done, {
        interval: 5,
        timeout: 10_000,
      })
      .toBeGreaterThan(0);
    await process.connections.disconnect({ principal, id: connectionId });
    const job = await process.transfers.getJob({ principal, jobId });
    expect(job).toMatchObject({ status: "cancelled", errorCode: "cancelled" });
    expect(job.counters).toMatchObject({ pending: 0, running: 0, failed: 0 });
    expect(job.counters.done + job.counters.cancelled).toBe(600);
    const kept = await process.db.select().from(images).where(eq(images.tenantId, principal.tenantId));
    expect(kept).toHaveLength(job.counters.done);
  });

  it("refuses a collection and a connection that are not there, and a colleague's connection", async () => {
    const order = {
      principal,
      connectionId,
      files: [{ id: "x", name: "x" }],
      tags: [],
      collectionId: null,
      autoDescribe: false,
    };
    const { transfers, db } = process;
    await expect(transfers.startImport({ ...order, collectionId: "col_1" })).rejects.toMatchObject({
      code: "collection_not_found",
    });
    const unknown = "00000000-0000-4000-8000-000000000000";
    await expect(transfers.startImport({ ...order, connectionId: unknown })).rejects.toMatchObject({
      code: "connection_not_found",
    });
    const { principal: colleague } = await makePerson(db, { tenantId: principal.tenantId });
    await expect(transfers.startImport({ ...order, principal: colleague })).rejects.toMatchObject({
      code: "forbidden",
    });
    const { principal: stranger } = await makePerson(db);
    await expect(transfers.startImport({ ...order, principal: stranger })).rejects.toMatchObject({
      code: "connection_not_found",
    });
    const jobs = await db.select().from(transferJobs).where(eq(transferJobs.tenantId, principal.tenantId));
    expect(jobs).toEqual([]);
  });
});

describe("a job", () => {
  it("is shown to its owner alone", async () => {
    const jobId = await start(["missing"]);
    const question = { jobId, limit: 10, afterPosition: null };
    const colleague = {
      ...question,
      principal: (await makePerson(process.db, { tenantId: principal.tenantId })).principal,
    };
    await expect(process.transfers.getJob(colleague)).rejects.toMatchObject({ code: "forbidden" });
    await expect(process.transfers.listJobItems(colleague)).rejects.toMatchObject({ code: "forbidden" });
    const stranger = { ...question, principal: (await makePerson(process.db)).principal };
    await expect(process.transfers.getJob(stranger)).rejects.toMatchObject({ code: "job_not_found" });
    await expect(process.transfers.listJobItems(stranger)).rejects.toMatchObject({ code: "job_not_found" });
    expect((await end(jobId)).status).toBe("failed");
  });
});
