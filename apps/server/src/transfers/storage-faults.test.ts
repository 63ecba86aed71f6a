import { and, eq, gt } from "drizzle-orm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { transferChunks, transferJobs } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { mountSmallDisk, type SmallDisk } from "../testing/mount-small-disk.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const MIB = 1024 * 1024;
const FILES = 12;
const SMALL_BYTES = 4 * MIB;
const LARGE_BYTES = 64 * MIB;
const TIMEOUT_MS = 120_000;

const trial = await mountSmallDisk(SMALL_BYTES);
await trial?.unmount();
const mayMount = trial !== null;

let world: TransferWorld;
let process: TransferProcess;
let disk: SmallDisk;
let principal: Principal;

beforeEach(async () => {
  const mounted = await mountSmallDisk(SMALL_BYTES);
  if (mounted === null) return;
  disk = mounted;
  world = await startTransferWorld();
  process = await startTransferProcess({ ...world, blobDirectory: disk.directory });
  ({ principal } = await makePerson(process.db));
});
afterEach(async () => {
  if (!mayMount) return;
  await process.stop();
  await world.stop();
  await disk.unmount();
});

/** Begins an import of more than the small disk holds. */
async function begin(): Promise<string> {
  const connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
  const pictures = await testPictures({ count: FILES, sizeBytes: MIB });
  const files = addPictures(world.sandbox, { pictures });
  const options = { tags: [], collectionId: null, autoDescribe: false };
  const jobId = await process.transfers.startImport({ principal, connectionId, files, ...options });
  process.transfers.startWorker();
  return jobId;
}

/** Waits until a chunk has come again, since what it met is no fault of its files. */
async function meetsTheFault(jobId: string): Promise<void> {
  const hasComeAgain = and(eq(transferChunks.jobId, jobId), gt(transferChunks.fencingToken, 1));
  const read = () => process.db.select().from(transferChunks).where(hasComeAgain);
  await expect.poll(read, { timeout: 30_000 }).not.toEqual([]);
}

/** Waits until the job says that it pauses, or has ended before it could. */
async function pausesOrEnds(jobId: string): Promise<void> {
  const read = async () => {
    const [job] = await process.db.select().from(transferJobs).where(eq(transferJobs.id, jobId));
    return job?.pauseCode ?? job?.completedAt ?? null;
  };
  await expect.poll(read, { timeout: 60_000 }).not.toBeNull();
}

async function expectAllDone(jobId: string): Promise<void> {
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 90_000, signal });
  const { status, counters } = await process.transfers.getJob({ principal, jobId });
  expect({ status, done: counters.done }).toEqual({ status: "completed", done: FILES });
}

it.skipIf(!mayMount)("an import goes on when there is room again", { timeout: TIMEOUT_MS }, async () => {
  const jobId = await begin();
  await meetsTheFault(jobId);
  await disk.resize(LARGE_BYTES);
  await expectAllDone(jobId);
});

it.skipIf(!mayMount)(
  "an import goes on when the storage may be written again",
  {
    timeout: TIMEOUT_MS,
  },
  async () => {
    await disk.resize(LARGE_BYTES);
    await disk.allowWrites(false);
    const jobId = await begin();
    await meetsTheFault(jobId);
    await disk.allowWrites(true);
    await expectAllDone(jobId);
  },
);

it.skipIf(!mayMount)("an import waits for as long as there is no room", { timeout: TIMEOUT_MS }, async () => {
  const jobId = await begin();
  await pausesOrEnds(jobId);
  await disk.resize(LARGE_BYTES);
  await expectAllDone(jobId);
});
