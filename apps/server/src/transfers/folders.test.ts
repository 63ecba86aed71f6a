import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connections, transferFolders, transferItems, transferJobs } from "../db/index.ts";
import { systemClock } from "../platform/index.ts";
import { type ImportBench, sitDown, startImportBench } from "../testing/start-import-bench.ts";
import { TEST_LIMITS } from "../testing/start-transfer-process.ts";
import { testPictures } from "../testing/test-pictures.ts";
import { lockJob } from "./lock-job.ts";
import { openFolders } from "./open-folders.ts";
import { transferShape } from "./transfer-limits.ts";
import { writeListing } from "./write-listing.ts";

const SHORTCUT = "application/vnd.google-apps.shortcut";
const DOCUMENT = "application/vnd.google-apps.document";
const REFUSED = { kind: "status", reason: "insufficientFilePermissions" } as const;

let room: Awaited<ReturnType<typeof startImportBench>>;
let bench: ImportBench;

beforeAll(async () => {
  room = await startImportBench({ limits: { maxFilesPerJob: 100 } });
});
beforeEach(async () => {
  bench = await sitDown(room);
});
afterEach(() => room.world.sandbox.faults.clear());
afterAll(() => room.stop());

let made = 0;

/** Puts pictures into a folder that no test before had. */
async function fill(parentId: string, count: number): Promise<string[]> {
  const pictures = (await testPictures({ count: made + count })).slice(made);
  made += count;
  return pictures.map((content, index) => bench.addFile({ content, parentId, name: `${index}.jpg` }));
}

const jobRow = async (jobId: string) =>
  (await room.process.db.select().from(transferJobs).where(eq(transferJobs.id, jobId)))[0];

describe("a folder among the files", () => {
  it("becomes the pictures in it and below it, each once, without another look at their metadata", async () => {
    const holidays = bench.addFolder("Holidays");
    const deeper = bench.addFolder("Deeper", holidays);
    const inside = [...(await fill(holidays, 30)), ...(await fill(deeper, 5))];
    bench.addFile({ parentId: holidays, mimeType: DOCUMENT, name: "Notes" });
    bench.addFile({
      parentId: deeper,
      mimeType: "video/mp4",
      name: "film.mp4",
      content: Buffer.from("film"),
    });
    bench.addFile({ parentId: holidays, content: Buffer.from("gone"), trashed: true });
    const { requests } = room.world.sandbox;
    const since = requests.mark();
    const job = await bench.end(await bench.start([holidays, inside[0] ?? ""]));
    expect(job).toMatchObject({
      status: "completed",
      totalItems: 35,
      counters: { done: 35 },
      openFolders: 0,
      visibility: "full",
      ignoredFiles: 2,
      errorMessage: null,
    });
    expect(new Set(job.items.map(({ providerFileId }) => providerFileId))).toEqual(new Set(inside));
    expect(requests.find({ kind: "files.list", since })).toHaveLength(2);
    expect(requests.find({ kind: "files.get", since })).toHaveLength(2);
    expect((await jobRow(job.id))?.bytesTotal).toBe(job.bytesDone);
  });

  it("is listed once, however it is met: by shortcuts, in a circle, or named twice", async () => {
    const outer = bench.addFolder("Outer");
    const inner = bench.addFolder("Inner", outer);
    const [picture = ""] = await fill(inner, 1);
    bench.addFile({ parentId: inner, mimeType: SHORTCUT, name: "back", shortcutTargetId: outer });
    bench.addFile({ parentId: outer, mimeType: SHORTCUT, name: "in", shortcutTargetId: inner });
    const link = bench.addFile({ mimeType: SHORTCUT, name: "link", shortcutTargetId: outer });
    const { requests } = room.world.sandbox;
    const since = requests.mark();
    const job = await bench.end(await bench.start([outer, link, inner]));
    expect(job).toMatchObject({ status: "completed", totalItems: 1, counters: { done: 1 } });
    expect(job.items).toMatchObject([{ providerFileId: picture }]);
    expect(requests.find({ kind: "files.list", since })).toHaveLength(2);
  });

  it("brings what shortcuts in it point to", async () => {
    const folder = bench.addFolder("Links");
    const elsewhere = bench.addFolder("Elsewhere");
    const [target = ""] = await fill(elsewhere, 1);
    const link = bench.addFile({ parentId: folder, mimeType: SHORTCUT, shortcutTargetId: target });
    const job = await bench.end(await bench.start([folder]));
    expect(job).toMatchObject({ counters: { done: 1 }, items: [{ providerFileId: link, state: "done" }] });
  });

  it("that is empty leaves a job that is complete, and says how much of it could be seen", async () => {
    const job = await bench.end(await bench.start([bench.addFolder("Empty")]));
    expect(job).toMatchObject({ status: "completed", totalItems: 0, visibility: "full" });
  });

  it("is no bytes of the job, whatever size the request told", async () => {
    const files = [{ id: bench.addFolder("Sized"), name: "Sized", sizeBytes: 4096 }];
    const job = await bench.end(await bench.start([], { files }));
    expect(job).toMatchObject({ status: "completed", bytesTotal: 0, bytesDone: 0 });
  });

  it("of which the grant shows only a part is told to be seen in part, whatever was found", async () => {
    const only = { grantedScopes: ["openid", "https://www.googleapis.com/auth/drive.file"] };
    await room.process.db.update(connections).set(only).where(eq(connections.id, bench.connectionId));
    const job = await bench.end(await bench.start([bench.addFolder("Seen in part")]));
    expect(job).toMatchObject({ status: "completed", visibility: "partial", totalItems: 0 });
  });

  it("that cannot be listed is one failed item, which lists it when it is tried again", async () => {
    const folder = bench.addFolder("Locked");
    await fill(folder, 3);
    const [single = ""] = await fill(bench.addFolder("Other"), 1);
    room.world.sandbox.faults.add({ route: "files.list", fault: REFUSED });
    const jobId = await bench.start([folder, single]);
    const failed = await bench.end(jobId);
    expect(failed).toMatchObject({
      status: "completed_with_errors",
      totalItems: 2,
      counters: { done: 1, failed: 1 },
    });
    expect(failed.items.find(({ state }) => state === "failed")).toMatchObject({
      name: "Locked",
      providerFileId: folder,
      errorCode: "no_permission",
    });
    room.world.sandbox.faults.clear();
    await room.process.transfers.retryJob({ principal: bench.principal, jobId });
    expect(await bench.end(jobId)).toMatchObject({
      status: "completed",
      totalItems: 4,
      counters: { done: 4 },
    });
  });

  it("with more files than a job takes fails those beyond it, and says so", async () => {
    const folder = bench.addFolder("Huge");
    await fill(folder, 103);
    const job = await bench.end(await bench.start([folder]));
    expect(job).toMatchObject({
      status: "completed_with_errors",
      errorCode: "too_many_files",
      counters: { done: 100, failed: 3 },
    });
    expect(job.errorMessage).toMatch(/^3 of 103 files were not imported\. .*more files/);
    expect(new Set(job.items.slice(100).map(({ errorCode }) => errorCode))).toEqual(
      new Set(["too_many_files"]),
    );
  });

  it("ends with the job when the account is disconnected, as one cancelled item", async () => {
    const idle = await startImportBench({ isWorking: false });
    try {
      bench = await sitDown(idle);
      const jobId = await bench.start(["a_file"]);
      const { tenantId } = bench.principal;
      await idle.process.db.transaction(async (tx) => {
        const job = await lockJob(tx, { tenantId, jobId });
        if (job === null) throw new Error("the job is not there");
        const folder = { id: "a_folder", name: "A folder", resourceKey: null };
        expect(await openFolders(tx, idle.process, job, [folder])).toBe(1);
        await tx.update(transferJobs).set({ openFolders: 1 }).where(eq(transferJobs.id, jobId));
      });
      await idle.process.connections.disconnect({ principal: bench.principal, id: bench.connectionId });
      expect(await bench.end(jobId)).toMatchObject({
        status: "cancelled",
        openFolders: 0,
        totalItems: 2,
        counters: { cancelled: 2 },
        items: [{ providerFileId: "a_file" }, { providerFileId: "a_folder", state: "cancelled" }],
      });
    } finally {
      await idle.stop();
    }
  });
});

it("counts a page of a folder once, however often it is written", async () => {
  const idle = await startImportBench({ isWorking: false });
  try {
    bench = await sitDown(idle);
    const { db, queue } = idle.process;
    const { tenantId } = bench.principal;
    const jobId = await bench.start(["a_file"]);
    const [file] = await (
      await idle.process.connections.driveFor({ tenantId, connectionId: bench.connectionId })
    ).getFiles([{ id: bench.addFile({ content: Buffer.from("x") }) }]);
    if (file?.ok !== true) throw new Error("the file is not there");
    const listing = { pictures: [file.file], folders: [], ignored: 4 };
    const write = (pageToken: string | null, nextPageToken: string | null) =>
      db.transaction(async (tx) => {
        const job = await lockJob(tx, { tenantId, jobId });
        if (job === null) throw new Error("the job is not there");
        const parts = {
          queue,
          shape: transferShape(TEST_LIMITS),
          limits: TEST_LIMITS,
          now: new Date(systemClock.now()),
        };
        return writeListing(tx, parts, job, { folderId: "a_folder", pageToken, nextPageToken, listing });
      });
    await db
      .insert(transferFolders)
      .values({ jobId, tenantId, folderId: "a_folder", name: "F", state: "open" });
    await db.update(transferJobs).set({ openFolders: 1 }).where(eq(transferJobs.id, jobId));
    expect(await write(null, "second")).toBe(true);
    expect(await write(null, "second")).toBe(false);
    expect(await write("second", null)).toBe(true);
    expect(await write("second", null)).toBe(false);
    const [row] = await db.select().from(transferJobs).where(eq(transferJobs.id, jobId));
    expect(row).toMatchObject({ pendingItems: 2, openFolders: 0, ignoredFiles: 8 });
    expect(await db.$count(transferItems, eq(transferItems.jobId, jobId))).toBe(2);
  } finally {
    await idle.stop();
  }
});
