import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { transferChunks } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { blobNames } from "../testing/blob-names.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const MEDIA = "files.get.media";
const SIZE_BYTES = 1_000_000;

let world: TransferWorld;
let process: TransferProcess;
let principal: Principal;
let connectionId: string;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
  process.transfers.startWorker();
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
});
afterEach(() => world.sandbox.reset());
afterAll(async () => {
  await process.stop();
  await world.stop();
});

async function importSlowly(bytesPerSecond: number): Promise<string> {
  const [content = Buffer.alloc(0)] = await testPictures({ count: 1, sizeBytes: SIZE_BYTES });
  content.writeDoubleLE(Math.random(), SIZE_BYTES / 2);
  const sub = world.sandbox.accounts[0]?.sub ?? "";
  const { id } = world.sandbox.drive.addFile(sub, { name: "a.jpg", mimeType: "image/jpeg", content });
  world.sandbox.faults.add({ route: MEDIA, fault: { kind: "slow", bytesPerSecond } });
  return process.transfers.startImport({
    principal,
    connectionId,
    files: [{ id, name: "a.jpg" }],
    tags: [],
    collectionId: null,
    autoDescribe: false,
    onDuplicate: "skip",
  });
}

async function movingBytes(jobId: string): Promise<number> {
  const [chunk] = await process.db.select().from(transferChunks).where(eq(transferChunks.jobId, jobId));
  return chunk?.movingBytes ?? 0;
}

it("a large file shows that it moves before it is there, and nothing moves when it is", async () => {
  const jobId = await importSlowly(150_000);
  await expect.poll(() => movingBytes(jobId), { timeout: 15_000 }).toBeGreaterThan(0);
  const question = { tenantId: principal.tenantId, jobId, timeoutMs: 25_000 };
  expect(await process.transfers.waitForJob({ ...question, signal: new AbortController().signal })).toBe(
    true,
  );
  expect(await movingBytes(jobId)).toBe(0);
});

it("a worker that lost its chunk meanwhile removes the blob that it has made durable", async () => {
  const before = await blobNames(world.blobDirectory);
  const jobId = await importSlowly(SIZE_BYTES / 2);
  await world.sandbox.requests.waitFor({ kind: MEDIA });
  await process.db
    .update(transferChunks)
    .set({ fencingToken: sql`${transferChunks.fencingToken} + 1` })
    .where(eq(transferChunks.jobId, jobId));
  const staged = () => readdir(join(world.blobDirectory, "staging"));
  await expect.poll(staged, { timeout: 15_000 }).toHaveLength(1);
  // From here on the blob is durable, and then it is gone.
  await expect.poll(staged, { timeout: 15_000 }).toEqual([]);
  await expect.poll(() => blobNames(world.blobDirectory), { timeout: 15_000 }).toEqual(before);
});
