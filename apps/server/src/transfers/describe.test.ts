import { and, eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { transferChunks, transferItems, transferJobs } from "../db/index.ts";
import { type ImportBench, sitDown, startImportBench } from "../testing/start-import-bench.ts";
import { testPictures } from "../testing/test-pictures.ts";

const SHORTCUT = "application/vnd.google-apps.shortcut";

let room: Awaited<ReturnType<typeof startImportBench>>;
let bench: ImportBench;

beforeAll(async () => {
  room = await startImportBench({ limits: { maxFileBytes: 1024 * 1024 } });
});
beforeEach(async () => {
  bench = await sitDown(room);
});
afterEach(() => room.world.sandbox.faults.clear());
afterAll(() => room.stop());

let made = 0;

/** Puts pictures into the drive that no test before had. */
async function addPictures(count: number): Promise<string[]> {
  const pictures = (await testPictures({ count: made + count })).slice(made);
  made += count;
  return pictures.map((content) => bench.addFile({ content }));
}

/** Requests and units since the mark, batches as one request. */
function spent() {
  const { requests } = room.world.sandbox;
  const since = requests.mark();
  const count = (filter: Parameters<typeof requests.find>[0]) => requests.find({ since, ...filter }).length;
  return () => ({
    downloads: count({ kind: "files.get.media" }),
    metadata: count({ kind: "files.get" }),
    calls: count({ batched: false }) - count({ kind: "oauth.*" }),
  });
}

const jobRow = async (jobId: string) =>
  (await room.process.db.select().from(transferJobs).where(eq(transferJobs.id, jobId)))[0];
const itemRows = (jobId: string) =>
  room.process.db.select().from(transferItems).where(eq(transferItems.jobId, jobId));

describe("the metadata of an import", () => {
  it("is read once for each file, a chunk in one request, and kept with sizes", async () => {
    const ids = await addPictures(500);
    const read = spent();
    const jobId = await bench.start(ids);
    const job = await bench.end(jobId);
    expect(job).toMatchObject({ status: "completed", counters: { done: 500 } });
    const chunks = await room.process.db.$count(transferChunks, eq(transferChunks.jobId, jobId));
    expect(read()).toEqual({ downloads: 500, metadata: 500, calls: 500 + chunks });
    const items = await itemRows(jobId);
    expect(items.every(({ facts, sizeBytes }) => facts !== null && (sizeBytes ?? 0) > 0)).toBe(true);
    expect((await jobRow(jobId))?.bytesTotal).toBe(job.bytesDone);
  });

  it("is read ahead for chunks that nobody has taken, while others move", async () => {
    const ids = await addPictures(600);
    await bench.end(await bench.start(ids));
    const described = and(
      eq(transferChunks.tenantId, bench.principal.tenantId),
      eq(transferChunks.described, true),
    );
    expect(await room.process.db.$count(transferChunks, described)).toBeGreaterThan(2);
  });

  it("decides before a byte is read what is known or cannot be imported", async () => {
    const ids = await addPictures(120);
    await bench.end(await bench.start(ids));
    const refused = [
      bench.addFile({ mimeType: "text/plain", content: Buffer.from("x") }),
      bench.addFile({ content: Buffer.alloc(1024 * 1024 + 1) }),
      bench.addFile({ content: Buffer.from("x"), trashed: true }),
      bench.addFile({ content: Buffer.from("x"), canDownload: false }),
      "there_is_no_such_file",
    ];
    const read = spent();
    const job = await bench.end(await bench.start([...ids, ...refused]));
    expect(job).toMatchObject({ bytesDone: 0, counters: { skipped: 120, failed: 5, done: 0 } });
    expect(job.items.slice(120).map(({ errorCode }) => errorCode)).toEqual([
      "not_an_image",
      "too_large",
      "trashed",
      "no_permission",
      "not_found",
    ]);
    expect(read().downloads).toBe(0);
  });

  it("knows content of another file by the SHA-256 that the drive names", async () => {
    const pictures = (await testPictures({ count: made + 2 })).slice(made);
    made += 2;
    const [first, second] = pictures.map((content) => bench.addFile({ content }));
    await bench.end(await bench.start([first ?? "", second ?? ""]));
    const read = spent();
    const again = pictures.map((content) => bench.addFile({ content, name: "elsewhere.jpg" }));
    expect(await bench.end(await bench.start(again))).toMatchObject({ counters: { skipped: 2 } });
    expect(read().downloads).toBe(0);
  });

  it("is read anew for files that are tried again", async () => {
    const [id = ""] = await addPictures(1);
    const { sandbox } = room.world;
    sandbox.faults.add({
      route: "files.get.media",
      file: id,
      fault: { kind: "status", reason: "cannotDownloadFile" },
    });
    const jobId = await bench.start([id]);
    expect(await bench.end(jobId)).toMatchObject({ counters: { failed: 1 } });
    sandbox.faults.clear();
    const read = spent();
    await room.process.transfers.retryJob({ principal: bench.principal, jobId });
    const job = await bench.end(jobId);
    expect(job).toMatchObject({ counters: { done: 1 } });
    expect(read()).toMatchObject({ metadata: 1, downloads: 1 });
    expect((await jobRow(jobId))?.bytesTotal).toBe(job.bytesDone);
  });
});

describe("a shortcut", () => {
  it("stands for the file that it points to, and keeps its own name", async () => {
    const [target = ""] = await addPictures(1);
    const id = bench.addFile({ mimeType: SHORTCUT, name: "a link", shortcutTargetId: target });
    const jobId = await bench.start([id]);
    expect(await bench.end(jobId)).toMatchObject({
      counters: { done: 1 },
      items: [{ state: "done", providerFileId: id, name: `${id}.jpg` }],
    });
    expect(await itemRows(jobId)).toMatchObject([{ facts: { id: target, kind: "blob" } }]);
  });

  it("to a shortcut is followed, and one that leads nowhere or round in a circle fails", async () => {
    const [target = ""] = await addPictures(1);
    const link = (id: string, shortcutTargetId: string) =>
      bench.addFile({ id, mimeType: SHORTCUT, shortcutTargetId });
    const chained = link(`chained_${made}`, link(`link_${made}`, target));
    const circle = link(`circle_a_${made}`, link(`circle_b_${made}`, `circle_a_${made}`));
    const dangling = link(`dangling_${made}`, "there_is_no_such_file");
    const job = await bench.end(await bench.start([chained, circle, dangling]));
    expect(job.items.map(({ state, errorCode }) => errorCode ?? state)).toEqual([
      "done",
      "shortcut_broken",
      "shortcut_broken",
    ]);
  });
});

it("reaches a file that is shared by a link with the key that the request names", async () => {
  const { sandbox } = room.world;
  const [content = Buffer.alloc(0)] = (await testPictures({ count: made + 1 })).slice(made);
  made += 1;
  const bob = sandbox.accounts.find(({ email }) => email === "bob@example.com")?.sub ?? "";
  const key = "0-AbCdEf";
  const { id } = sandbox.drive.addFile(bob, {
    name: "a.jpg",
    mimeType: "image/jpeg",
    content,
    resourceKey: key,
  });
  sandbox.drive.shareFile(id, { to: { type: "anyone", allowFileDiscovery: false }, role: "reader" });
  const without = await bench.end(await bench.start([id]));
  expect(without.items).toMatchObject([{ state: "failed", errorCode: "not_found" }]);
  const files = [{ id, name: "a.jpg", resourceKey: key }];
  expect(await bench.end(await bench.start([], { files }))).toMatchObject({ counters: { done: 1 } });
});
