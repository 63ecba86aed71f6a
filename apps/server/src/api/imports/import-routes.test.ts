import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addPictures } from "../../testing/add-pictures.ts";
import { connectDrive } from "../../testing/connect-account.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { testPictures } from "../../testing/test-pictures.ts";

const IMPORT = "/api/v2/cloud-storage/import";
const UNKNOWN = "00000000-0000-4000-8000-000000000000";

let app: TestApp;
let connectionId: string;

beforeAll(async () => {
  app = await startTestApp({ environment: { MAX_FILES_PER_JOB: "50" } });
  connectionId = await connectDrive(app);
});
afterAll(() => app.stop());

let made = 0;

/** Files of contents that no test before had. */
async function newFiles(count: number, email = "alice@example.com") {
  const pictures = (await testPictures({ count: made + count })).slice(made);
  made += count;
  const files = addPictures(app.sandbox, { email, pictures });
  return files.map((file, index) => ({ ...file, size_bytes: pictures[index]?.length ?? 0 }));
}

function post(body: object, headers: Record<string, string> = {}) {
  return app.request("POST", IMPORT, { body: { connection_id: connectionId, ...body }, headers });
}

describe("POST import", () => {
  it("answers a small import when it is done, with the images in the order of the request", async () => {
    const files = await newFiles(2);
    const { status, body } = await post({ files });
    expect(status).toBe(200);
    expect(body).toEqual({
      image_ids: [expect.stringMatching(/^img_/), expect.stringMatching(/^img_/)],
      job_id: null,
      status: null,
      total_files: 2,
      is_async: false,
      message: "2 files imported successfully",
      import_job_id: expect.stringMatching(/^job_/),
      failed_files: [],
      skipped_files: 0,
    });
    const images = await Promise.all(
      body.image_ids.map((id: string) => app.request("GET", `/api/v2/user-files/${id}`)),
    );
    expect(images.map((image) => (image.body.file ?? image.body).source.file_id)).toEqual(
      files.map(({ id }) => id),
    );
  });

  it("answers a small import in which files failed with the others, and names those", async () => {
    const [file] = await newFiles(1);
    const { status, body } = await post({
      files: [{ id: "missing_1", name: "gone.jpg" }, file, { id: "missing_2", name: "also.jpg" }],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      message: "1 of 3 files imported, 2 failed",
      total_files: 3,
      is_async: false,
    });
    expect(body.image_ids).toHaveLength(1);
    expect(body.failed_files).toEqual([
      { id: "missing_1", name: "gone.jpg", code: "not_found", message: expect.any(String) },
      { id: "missing_2", name: "also.jpg", code: "not_found", message: expect.any(String) },
    ]);
  });

  it("gives the images that are there for files that are known, counts a repeated file once, and copies when asked", async () => {
    const [file = { id: "", name: "" }] = await newFiles(1);
    const first = await post({ files: [file] });
    const again = await post({ files: [file, { ...file, name: "once more.jpg" }] });
    expect(again.body).toMatchObject({
      image_ids: first.body.image_ids,
      total_files: 1,
      skipped_files: 1,
      message: "1 file imported successfully; 1 was in the library already",
    });
    const path = `/api/v2/cloud-storage/jobs/${again.body.import_job_id}`;
    const { body } = await app.request("GET", path);
    expect(body.job).toMatchObject({
      status: "completed",
      completed_files: 1,
      skipped_files: 1,
      bytes_done: 0,
    });
    const items = await app.request("GET", `${path}/items`);
    expect(items.body.items).toMatchObject([{ state: "skipped", image_id: first.body.image_ids[0] }]);
    const copy = await post({ files: [file], on_duplicate: "copy" });
    expect(copy.body).toMatchObject({ skipped_files: 0, message: "1 file imported successfully" });
    expect(copy.body.image_ids).not.toEqual(first.body.image_ids);
    expect((await post({ files: [file], on_duplicate: "move" })).status).toBe(422);
  });

  it("answers 200 with an empty list when nothing could be imported", async () => {
    const { status, body } = await post({ files: [{ id: "missing", name: "gone.jpg" }] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ image_ids: [], message: "0 of 1 files imported, 1 failed" });
  });

  it("answers a large import at once with its job, which ends complete", async () => {
    const { status, body } = await post({ files: await newFiles(6) });
    expect(status).toBe(200);
    expect(body).toEqual({
      image_ids: null,
      job_id: expect.stringMatching(/^job_/),
      status: "pending",
      total_files: 6,
      is_async: true,
      message: "Import job created",
    });
    const job = () => app.request("GET", `/api/v2/cloud-storage/jobs/${body.job_id}`);
    await expect.poll(async () => (await job()).body.job.status, { timeout: 20_000 }).toBe("completed");
  });

  it("answers at once when a folder is among the files, however small the import", async () => {
    const sub = app.sandbox.accounts[0]?.sub ?? "";
    const folder = app.sandbox.drive.addFolder(sub, { name: "A folder" });
    const { body } = await post({ files: [{ id: folder.id, name: "A folder", size_bytes: 0 }] });
    expect(body).toMatchObject({ is_async: true, total_files: 1, status: "pending" });
    const job = () => app.request("GET", `/api/v2/cloud-storage/jobs/${body.job_id}`);
    await expect.poll(async () => (await job()).body.job.status, { timeout: 20_000 }).toBe("completed");
  });

  it("counts files of unknown size as large ones", async () => {
    const files = (await newFiles(5)).map(({ id, name }) => ({ id, name }));
    expect((await post({ files })).body.is_async).toBe(true);
    expect((await post({ files: files.slice(0, 4) })).body.is_async).toBe(false);
  });

  it("does as the client prefers", async () => {
    const one = await post({ files: await newFiles(1) }, { prefer: "respond-async" });
    expect(one.body.is_async).toBe(true);
    expect(one.headers.get("preference-applied")).toBe("respond-async");
    const many = await post({ files: await newFiles(30) }, { prefer: "wait=30" });
    expect(many.body).toMatchObject({ is_async: false, total_files: 30 });
    expect(many.headers.get("preference-applied")).toBe("wait=30");
    const unwilling = await post({ files: await newFiles(1) }, { prefer: "wait=0" });
    expect(unwilling.body.is_async).toBe(true);
  });

  it("answers 401 without a credential, whatever was sent", async () => {
    expect((await app.request("POST", IMPORT, { apiKey: null, body: "{" })).status).toBe(401);
  });

  it("answers 404 for a connection or a collection that is not there", async () => {
    const files = [{ id: "x", name: "x" }];
    const connection = await post({ connection_id: UNKNOWN, files });
    expect([connection.status, connection.body.error.code]).toEqual([404, "connection_not_found"]);
    const collection = await post({ files, collection_id: "col_unknown" });
    expect([collection.status, collection.body.error.code]).toEqual([404, "collection_not_found"]);
  });

  it("answers 413 for more files than a job may have", async () => {
    const files = Array.from({ length: 51 }, (_, index) => ({ id: `f${index}`, name: "x" }));
    const { status, body } = await post({ files });
    expect([status, body.error.code, body.error.details.limit]).toEqual([413, "too_many_files", 50]);
  });

  it.each([
    { files: [] },
    { files: [{ id: "../x", name: "x" }] },
    { files: [{ id: "x" }] },
    { files: [{ id: "x", name: "x", surprise: 1 }] },
    { files: [{ id: "x", name: "x" }], surprise: 1 },
    { files: [{ id: "x", name: "x" }], tags: "no list" },
    { connection_id: "not-a-uuid", files: [{ id: "x", name: "x" }] },
  ])("answers 422 for %j", async (body) => {
    expect((await post(body)).status).toBe(422);
  });

  it("answers 401 REAUTH_REQUIRED when the grant is dead, in time and afterwards", async () => {
    const dead = await connectDrive(app, "bob@example.com");
    app.sandbox.revokeGrant("bob@example.com");
    const order = { connection_id: dead, files: [{ id: "x", name: "x" }] };
    for (let round = 0; round < 2; round += 1) {
      const { status, body } = await post(order);
      expect(status).toBe(401);
      expect(body).toMatchObject({ error: { code: "REAUTH_REQUIRED" }, requires_reauth: true });
    }
  });
});

describe("POST import/plan", () => {
  const plan = (body: object) =>
    app.request("POST", `${IMPORT}/plan`, { body: { connection_id: connectionId, ...body } });
  const jobs = () => app.sandbox.requests.count("files.get.media");

  it("tells what would be imported, skipped and refused, and does nothing", async () => {
    const sub = app.sandbox.accounts[0]?.sub ?? "";
    const [known = { id: "", name: "" }] = await newFiles(1);
    await post({ files: [known] });
    const folder = app.sandbox.drive.addFolder(sub, { name: "A folder" });
    const inside = { mimeType: "image/jpeg", parentId: folder.id, content: Buffer.from("a picture") };
    app.sandbox.drive.addFile(sub, { ...inside, name: "in.jpg" });
    app.sandbox.drive.addFile(sub, { ...inside, name: "in.txt", mimeType: "text/plain" });
    const fresh = await newFiles(2);
    const downloads = jobs();
    const files = [known, ...fresh, { id: "missing", name: "gone.jpg" }, { id: folder.id, name: "folder" }];
    const { status, body } = await plan({ files });
    expect(status).toBe(200);
    expect(body).toEqual({
      total_files: 5,
      importable: 3,
      duplicates: 1,
      unsupported: { not_found: 1 },
      ignored_files: 1,
      visibility: "full",
      bytes: 9 + fresh.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
      quota_units: 3 * 200 + 5 * 5 + 100,
      estimated_seconds: 1,
      complete: true,
    });
    expect(jobs()).toBe(downloads);
    const copies = await plan({ files: [known], on_duplicate: "copy" });
    expect(copies.body).toMatchObject({ importable: 1, duplicates: 0, visibility: null });
  });

  it("says that it is of a part when folders go on and on", async () => {
    const sub = app.sandbox.accounts[0]?.sub ?? "";
    let parentId = app.sandbox.drive.addFolder(sub, { name: "0" }).id;
    const files = [{ id: parentId, name: "deep" }];
    for (let depth = 1; depth <= 21; depth += 1) {
      parentId = app.sandbox.drive.addFolder(sub, { name: String(depth), parentId }).id;
    }
    expect((await plan({ files })).body).toMatchObject({
      total_files: 0,
      complete: false,
      quota_units: 2005,
    });
  });

  it("answers 422 for a body that an import would refuse", async () => {
    expect((await plan({ files: [] })).status).toBe(422);
    expect((await plan({ files: [{ id: "x", name: "x" }], how: "fast" })).status).toBe(422);
  });
});
