import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { images, tenantUsage, transferJobs } from "../../db/index.ts";
import { addPictures } from "../../testing/add-pictures.ts";
import { blobNames } from "../../testing/blob-names.ts";
import { connectAccount } from "../../testing/connect-account.ts";
import { makePerson, type Person } from "../../testing/make-person.ts";
import { startTransferProcess, type TransferProcess } from "../../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../../testing/start-transfer-world.ts";
import { testPictures } from "../../testing/test-pictures.ts";

const SIZE = 50_000;
const QUOTA = 3 * SIZE;

let world: TransferWorld;
let process: TransferProcess;
let principal: Person["principal"];
let connectionId: string;
const email = "alice@example.com";

beforeAll(async () => {
  world = await startTransferWorld();
  const limits = { storageQuotaBytes: QUOTA, maxOpenJobs: 2, maxOpenFiles: 10 };
  process = await startTransferProcess(world, { limits });
});
beforeEach(async () => {
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email });
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

type Files = Parameters<TransferProcess["transfers"]["startImport"]>[0]["files"];

const start = (files: Files) =>
  process.transfers.startImport({
    principal,
    connectionId,
    files,
    tags: [],
    collectionId: null,
    autoDescribe: false,
  });

async function endOf(jobId: string) {
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  expect(await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 20_000, signal })).toBe(true);
  return process.transfers.getJob({ principal, jobId });
}

const jobs = () => process.db.$count(transferJobs, eq(transferJobs.tenantId, principal.tenantId));

describe("open jobs of a workspace", () => {
  it("are no more than they may be, however many are asked for at once; nothing is written of the others", async () => {
    const file = { id: "file_1", name: "a.jpg" };
    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => start([file])));
    const refused = starts.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
    expect(refused).toHaveLength(6);
    for (const error of refused) {
      expect(error).toMatchObject({ code: "too_many_open_jobs", details: { retry_after: 30 } });
    }
    expect(await jobs()).toBe(2);
  });

  it("have no more files than they may have, over all of them", async () => {
    const files = Array.from({ length: 6 }, (_, index) => ({ id: `file_${index}`, name: "a.jpg" }));
    await start(files);
    await expect(start(files)).rejects.toMatchObject({ code: "too_many_open_jobs" });
    expect(await jobs()).toBe(1);
    await start(files.slice(0, 4));
  });
});

describe("the storage of a workspace", () => {
  it("refuses an import that is known not to fit, before anything is written", async () => {
    const files = [
      { id: "file_1", name: "a.jpg", sizeBytes: QUOTA },
      { id: "file_2", name: "b.jpg", sizeBytes: 1 },
    ];
    await expect(start(files)).rejects.toMatchObject({
      code: "storage_quota_exceeded",
      details: { quota_bytes: QUOTA, stored_bytes: 0, requested_bytes: QUOTA + 1 },
    });
    expect(await jobs()).toBe(0);
  });

  it("takes what fits when sizes are unknown; the others fail by name and leave no byte", async () => {
    process.transfers.startWorker();
    const before = (await blobNames(world.blobDirectory).catch(() => [])).length;
    const files = addPictures(world.sandbox, { pictures: await testPictures({ count: 8, sizeBytes: SIZE }) });
    const jobId = await start(files);
    const job = await endOf(jobId);
    const { tenantId } = principal;
    const rows = await process.db.select().from(images).where(eq(images.tenantId, tenantId));
    const storedBytes = rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect(rows.length).toBeGreaterThan(0);
    expect(storedBytes).toBeLessThanOrEqual(QUOTA);
    expect(job).toMatchObject({
      status: "completed_with_errors",
      counters: { done: rows.length, failed: 8 - rows.length },
    });
    const { failed } = await process.transfers.jobOutcome({ tenantId, jobId, type: "import" });
    expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(["storage_quota_exceeded"]));
    expect(await process.library.readStoredBytes(tenantId)).toBe(storedBytes);
    // They go after the commit that said so.
    await expect.poll(async () => (await blobNames(world.blobDirectory)).length).toBe(before + rows.length);

    const full = { id: "file_1", name: "a.jpg", sizeBytes: QUOTA - storedBytes + 1 };
    await expect(start([full])).rejects.toMatchObject({ code: "storage_quota_exceeded" });
    const signal = new AbortController().signal;
    await process.library.deleteImages({ tenantId, createdBy: null, signal });
    const [usage] = await process.db.select().from(tenantUsage).where(eq(tenantUsage.tenantId, tenantId));
    expect(usage?.storedBytes).toBe(0);
    await start([full]);
  });
});
