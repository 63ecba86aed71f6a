import { rm, writeFile } from "node:fs/promises";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { images, tenantUsage, transferFolders, transferJobs, uploadSessions } from "../../db/index.ts";
import { addPictures } from "../../testing/add-pictures.ts";
import { blobNames } from "../../testing/blob-names.ts";
import { connectAccount } from "../../testing/connect-account.ts";
import { findInconsistencies } from "../../testing/find-inconsistencies.ts";
import { makePerson, type Person } from "../../testing/make-person.ts";
import { startTransferProcess, type TransferProcess } from "../../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../../testing/start-transfer-world.ts";
import { testPictures } from "../../testing/test-pictures.ts";

let world: TransferWorld;
let process: TransferProcess;
let principal: Person["principal"];
let connectionId: string;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
  process.transfers.startWorker();
});
beforeEach(async () => {
  await process.db.delete(transferJobs);
  await process.db.delete(images);
  await process.db.delete(tenantUsage);
  await rm(world.blobDirectory, { recursive: true, force: true });
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

/** An import of three pictures and a file that is not there, which has ended. */
async function importSome(): Promise<string> {
  const files = addPictures(world.sandbox, { pictures: await testPictures({ count: 3 }) });
  const jobId = await process.transfers.startImport({
    principal,
    connectionId,
    files: [...files, { id: "missing", name: "gone.jpg" }],
    tags: [],
    collectionId: null,
    autoDescribe: false,
  });
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 20_000, signal });
  return jobId;
}

const found = async () => (await findInconsistencies(world)).map(({ code, subject }) => ({ code, subject }));

async function someImage() {
  const [image] = await process.db.select().from(images).orderBy(images.id).limit(1);
  if (image === undefined) throw new Error("no image came");
  const path = (await blobNames(world.blobDirectory)).find((name) => name.endsWith(`${image.blobKey}.blob`));
  if (path === undefined) throw new Error("the image has no blob");
  return { image, path };
}

describe("the comparison of everything with everything", () => {
  it("finds nothing where nothing is, nor after an import of which some failed", async () => {
    expect(await found()).toEqual([]);
    await importSome();
    expect(await found()).toEqual([]);
  });

  it("finds blobs that are gone, cut off or changed, each by its image", async () => {
    await importSome();
    const { image, path } = await someImage();
    await writeFile(path, Buffer.alloc(image.sizeBytes));
    expect(await found()).toEqual([{ code: "blob_wrong_content", subject: image.id }]);
    await writeFile(path, "short");
    expect(await found()).toEqual([{ code: "blob_wrong_size", subject: image.id }]);
    await rm(path);
    expect(await found()).toEqual([{ code: "blob_missing", subject: image.id }]);
  });

  it("finds blobs that no image names, and usage that is not the sum of the images", async () => {
    await importSome();
    const { image } = await someImage();
    await process.db.delete(images).where(eq(images.id, image.id));
    expect(await found()).toEqual([
      { code: "usage_wrong", subject: principal.tenantId },
      { code: "orphan_blob", subject: image.blobKey },
    ]);
  });

  it("finds counters of a job that are not those of its items", async () => {
    const jobId = await importSome();
    await process.db.execute(
      sql`update transfer_jobs set done_items = 2, skipped_items = 1 where id = ${jobId}`,
    );
    const [one] = await findInconsistencies(world);
    expect(one).toMatchObject({
      code: "job_counters_wrong",
      subject: jobId,
      message: "It counts done 2 for 3 items, skipped 1 for 0 items.",
    });
  });

  it("finds a job that will never end, and items that nobody will reach", async () => {
    const jobId = await importSome();
    await process.db.execute(sql`update transfer_jobs set completed_at = null where id = ${jobId}`);
    expect(await found()).toEqual([{ code: "job_never_ends", subject: jobId }]);
    await process.db.execute(sql`update transfer_items set state = 'pending' where error_code is not null`);
    await process.db.execute(sql`update transfer_jobs set pending_items = 1, failed_items = 0`);
    expect(await found()).toEqual([{ code: "item_stranded", subject: jobId }]);
  });

  it("finds work of an open job that no message will bring to a worker", async () => {
    const jobId = await importSome();
    const { tenantId } = principal;
    await process.db.execute(
      sql`update transfer_jobs set completed_at = null, open_folders = 1 where id = ${jobId}`,
    );
    const folder = { jobId, tenantId, folderId: "f", name: "n", state: "open" } as const;
    await process.db.insert(transferFolders).values(folder);
    expect(await found()).toEqual([{ code: "message_missing", subject: jobId }]);
    await process.db.delete(transferFolders);
    await process.db.execute(
      sql`update transfer_jobs set open_folders = 0, failed_items = 0, pending_items = 1`,
    );
    await process.db.execute(sql`update transfer_items set state = 'pending' where error_code is not null`);
    for (const state of ["released", "waiting"]) {
      await process.db.execute(sql`update transfer_chunks set state = ${state}`);
      expect(await found()).toEqual([{ code: "message_missing", subject: jobId }]);
    }
    await process.queue.send(process.db, "resume-job", { tenantId, jobId }, { startAfterSeconds: 3600 });
    expect(await found()).toEqual([]);
    await process.db.execute(sql`delete from queue.job`);
  });

  it("finds chunks that hold permits of a job that has ended", async () => {
    const jobId = await importSome();
    await process.db.execute(sql`update transfer_chunks set state = 'released' where job_id = ${jobId}`);
    expect(await found()).toEqual([{ code: "chunk_open_in_ended_job", subject: jobId }]);
  });

  it("finds uploads without their item, and folders that an ended job still lists", async () => {
    const jobId = await importSome();
    const { tenantId } = principal;
    const folder = { jobId, tenantId, folderId: "f", name: "n", state: "open" } as const;
    await process.db.insert(transferFolders).values(folder);
    const upload = (position: number) => ({
      id: `${jobId}:${position}`,
      tenantId,
      jobId,
      addressSealed: "x",
    });
    await process.db.insert(uploadSessions).values([upload(0), upload(7)]);
    expect(await found()).toEqual([
      { code: "upload_without_item", subject: `${jobId}:7` },
      { code: "folder_open_in_ended_job", subject: jobId },
    ]);
  });
});
