import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { and, count, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDiskBlobStore } from "../blobs/index.ts";
import { connections, images, pendingRevocations, tenants, transferJobs, users } from "../db/index.ts";
import { blobKeyOf, type NewImage } from "../library/index.ts";
import { newId } from "../platform/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { blobNames } from "../testing/blob-names.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson, type Person } from "../testing/make-person.ts";
import { spawnTransferWorker } from "../testing/spawn-transfer-worker.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const IMAGES = 1_500;
const TIMEOUT_MS = 60_000;

let world: TransferWorld;
let process: TransferProcess;
/** In the same workspace as nobody else here: what has to stay. */
let bystander: Person;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
  bystander = await makePerson(process.db);
  await addImages(bystander, 20);
}, TIMEOUT_MS);
afterAll(async () => {
  await process.stop();
  await world.stop();
});

async function addImages(owner: Person, howMany: number): Promise<void> {
  const { tenantId, userId } = owner.principal;
  const blobs = createDiskBlobStore({ directory: world.blobDirectory });
  const made = Array.from({ length: howMany }, (_, index): NewImage => {
    const id = newId("img");
    const sha256 = createHash("sha256").update(String(index)).digest("hex");
    const facts = {
      filename: "a.png",
      mediaType: "image/png",
      format: "png",
      sizeBytes: 1,
      width: 1,
      height: 1,
    };
    const unknown = {
      description: null,
      md5: null,
      collectionId: null,
      source: null,
      takenAt: null,
    } as const;
    const blobKey = blobKeyOf({ tenantId, imageId: id, fencingToken: 1 });
    return {
      id,
      tenantId,
      createdBy: userId,
      sha256,
      blobKey,
      tags: [],
      descriptionStatus: "skipped",
      ...facts,
      ...unknown,
    };
  });
  for (let start = 0; start < made.length; start += 200) {
    await Promise.all(
      made.slice(start, start + 200).map(async ({ blobKey }) => {
        const staged = await blobs.stage(blobKey);
        await pipeline(Readable.from([Buffer.from("x")]), staged.stream);
        await staged.commit();
      }),
    );
  }
  await process.library.insertImages(process.db, made);
}

async function imageCount(tenantId: string): Promise<number> {
  const [row] = await process.db.select({ count: count() }).from(images).where(eq(images.tenantId, tenantId));
  return row?.count ?? 0;
}

const blobsOf = async (tenantId: string) =>
  (await blobNames(world.blobDirectory)).filter((path) => path.includes(tenantId));

/** A worker that is killed when it has deleted some of the images and not all. */
async function killInTheMiddle(tenantId: string, atFirst: number): Promise<void> {
  const doomed = await spawnTransferWorker(world);
  await expect.poll(() => imageCount(tenantId), { interval: 2, timeout: 20_000 }).toBeLessThan(atFirst);
  await doomed.kill();
  expect(await imageCount(tenantId)).toBeGreaterThan(0);
}

/** Ends the worker of a test before the next one begins. */
async function workUntil(look: () => Promise<unknown>, wanted: unknown): Promise<void> {
  const worker = await spawnTransferWorker(world);
  try {
    await expect.poll(look, { timeout: 40_000, interval: 100 }).toEqual(wanted);
  } finally {
    await worker.kill();
  }
}

describe("a worker that is killed in the middle", () => {
  it("of deleting a workspace has the next one finish it, and nobody else loses anything", {
    timeout: 2 * TIMEOUT_MS,
  }, async () => {
    const owner = await makePerson(process.db);
    const { tenantId } = owner.principal;
    const colleague = await makePerson(process.db, { tenantId, role: "member" });
    await connectAccount(process.connections, { principal: owner.principal, email: "alice@example.com" });
    await connectAccount(process.connections, { principal: colleague.principal, email: "bob@example.com" });
    await addImages(owner, IMAGES);
    const revocations = world.sandbox.requests.count("oauth.revoke");
    await process.departures.deleteWorkspace({ actor: owner.principal, confirm: "A workspace" });
    await killInTheMiddle(tenantId, IMAGES);
    expect(await process.db.select().from(tenants).where(eq(tenants.id, tenantId))).toHaveLength(1);
    await workUntil(() => process.db.select().from(tenants).where(eq(tenants.id, tenantId)), []);
    expect(await imageCount(tenantId)).toBe(0);
    expect(await blobsOf(tenantId)).toEqual([]);
    expect(await process.db.select().from(connections).where(eq(connections.tenantId, tenantId))).toEqual([]);
    await workUntil(() => process.db.select().from(pendingRevocations), []);
    // One that the kill interrupted is made again.
    expect(world.sandbox.requests.count("oauth.revoke")).toBeGreaterThanOrEqual(revocations + 2);
    expect(await imageCount(bystander.principal.tenantId)).toBe(20);
    expect(await blobsOf(bystander.principal.tenantId)).toHaveLength(20);
  });

  it("of deleting a member's images has the next one finish it", { timeout: 2 * TIMEOUT_MS }, async () => {
    const { tenantId } = bystander.principal;
    const leaving = await makePerson(process.db, { tenantId, role: "member" });
    const { userId } = leaving.principal;
    await addImages(leaving, IMAGES);
    await process.departures.removeMember({ actor: bystander.principal, userId, withImages: true });
    await killInTheMiddle(tenantId, IMAGES + 20);
    await workUntil(() => imageCount(tenantId), 20);
    await workUntil(async () => (await blobsOf(tenantId)).length, 20);
  });

  it("of an import whose user is removed leaves no blob behind", { timeout: 2 * TIMEOUT_MS }, async () => {
    const { tenantId } = bystander.principal;
    const leaving = await makePerson(process.db, { tenantId, role: "member" });
    const { principal } = leaving;
    const connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
    const pictures = await testPictures({ count: 400, sizeBytes: 50_000 });
    const files = addPictures(world.sandbox, { pictures });
    const doomed = await spawnTransferWorker(world);
    const order = { principal, connectionId, files, tags: [], collectionId: null, autoDescribe: false };
    const jobId = await process.transfers.startImport(order);
    const done = async () => (await process.transfers.getJob({ principal, jobId })).counters.done;
    await expect.poll(done, { interval: 2, timeout: 20_000 }).toBeGreaterThan(10);
    // The rows name the blobs that the worker wrote and did not book; it is killed before it can let go of them.
    await process.departures.removeMember({
      actor: bystander.principal,
      userId: principal.userId,
      withImages: true,
    });
    await doomed.kill();
    const jobs = () =>
      process.db
        .select({ id: transferJobs.id })
        .from(transferJobs)
        .where(and(eq(transferJobs.tenantId, tenantId), eq(transferJobs.userId, principal.userId)));
    await workUntil(jobs, []);
    expect(await imageCount(tenantId)).toBe(20);
    expect(await blobsOf(tenantId)).toHaveLength(20);
  });
});

describe("what is still there", () => {
  it("is not erased by a message that names it", { timeout: TIMEOUT_MS }, async () => {
    const { tenantId, userId } = bystander.principal;
    await process.queue.send(process.db, "erase-user", { tenantId, userId, withImages: true });
    await process.queue.send(process.db, "erase-workspace", { tenantId });
    const open = () =>
      process.db.execute(
        "select name from queue.job where name in ('erase-user', 'erase-workspace') and state < 'completed'",
      );
    expect((await open()).rows).toHaveLength(2);
    await workUntil(async () => (await open()).rows, []);
    expect(await imageCount(tenantId)).toBe(20);
    expect(await process.db.select().from(users).where(eq(users.id, userId))).toHaveLength(1);
  });
});
