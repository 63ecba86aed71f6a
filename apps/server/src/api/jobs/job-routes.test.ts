import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addPictures } from "../../testing/add-pictures.ts";
import { connectDrive } from "../../testing/connect-account.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { testPictures } from "../../testing/test-pictures.ts";

let app: TestApp;
let jobId: string;
let connectionId: string;
let imageIds: string[];

beforeAll(async () => {
  app = await startTestApp();
  connectionId = await connectDrive(app);
  const files = addPictures(app.sandbox, { pictures: await testPictures({ count: 3 }) });
  const imported = await app.request("POST", "/api/v2/cloud-storage/import", {
    body: { connection_id: connectionId, files: [...files, { id: "missing", name: "gone.jpg" }] },
  });
  jobId = imported.body.import_job_id;
  imageIds = imported.body.image_ids;
});
afterAll(() => app.stop());

const get = (path: string, apiKey?: string | null) =>
  app.request("GET", `/api/v2/cloud-storage/jobs/${path}`, apiKey === undefined ? {} : { apiKey });

describe("GET a job", () => {
  it("answers in the contract's words", async () => {
    const { status, body } = await get(jobId);
    expect(status).toBe(200);
    const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(body).toEqual({
      job: {
        job_id: jobId,
        type: "import",
        status: "partial",
        connection_id: connectionId,
        provider: "google_drive",
        total_files: 4,
        completed_files: 3,
        failed_files: 1,
        error: "1 of 4 files was not imported.",
        created_at: moment,
        updated_at: moment,
        completed_at: moment,
        skipped_files: 0,
        cancelled_files: 0,
        bytes_done: expect.any(Number),
        bytes_total: expect.any(Number),
        // Known once the job has taken a second.
        bytes_per_second: expect.toBeOneOf([null, expect.any(Number)]),
        started_at: moment,
        estimated_end_at: null,
        details: {
          state: "ended",
          paused_until: null,
          pause_code: null,
          visibility: null,
          attempt: 1,
          open_folders: 0,
          ignored_files: 0,
        },
      },
    });
  });

  it("answers 404 for a job that is not there and 422 for what is no job id", async () => {
    expect((await get("job_unknown")).body.error.code).toBe("job_not_found");
    expect((await get("nonsense")).status).toBe(422);
  });

  it("answers 401 without a credential", async () => {
    expect((await get(jobId, null)).status).toBe(401);
  });
});

describe("GET a job's items", () => {
  it("tells of each file in the order of the request", async () => {
    const { status, body } = await get(`${jobId}/items`);
    expect(status).toBe(200);
    expect(body.next_cursor).toBeNull();
    expect(body.items.map((item: { image_id: string }) => item.image_id)).toEqual([...imageIds, null]);
    expect(body.items[3]).toEqual({
      position: 3,
      state: "failed",
      name: "gone.jpg",
      image_id: null,
      cloud_file_id: "missing",
      code: "not_found",
      message: expect.any(String),
      bytes_done: 0,
    });
  });

  it("comes page by page, without a file lost or twice", async () => {
    const positions: number[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await get(`${jobId}/items?limit=3${cursor === null ? "" : `&cursor=${cursor}`}`);
      positions.push(...body.items.map((item: { position: number }) => item.position));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(positions).toEqual([0, 1, 2, 3]);
  });

  it("is empty behind the last file, however far", async () => {
    expect((await get(`${jobId}/items?cursor=99999999999999999999`)).body.items).toEqual([]);
  });

  it("answers 404 for a job that is not there and 422 for a cursor that is none", async () => {
    expect((await get("job_unknown/items")).body.error.code).toBe("job_not_found");
    expect((await get(`${jobId}/items?cursor=x`)).status).toBe(422);
  });
});

describe("POST a job's retry", () => {
  const RETRY = "/api/v2/cloud-storage/jobs";
  const post = (id: string, options: { apiKey?: string | null; body?: unknown } = {}) =>
    app.request("POST", `${RETRY}/${id}/retry`, options);

  it("answers with the job, open again, which then ends better", async () => {
    const [file] = addPictures(app.sandbox, { pictures: await testPictures({ count: 1 }) });
    app.sandbox.faults.add({
      route: "files.get.media",
      fault: { kind: "status", reason: "cannotDownloadFile" },
    });
    const imported = await app.request("POST", "/api/v2/cloud-storage/import", {
      body: { connection_id: connectionId, files: [file], on_duplicate: "copy" },
    });
    const id = imported.body.import_job_id;
    expect(imported.body).toMatchObject({ image_ids: [], failed_files: [{ code: "no_permission" }] });
    app.sandbox.faults.clear();
    const { status, body } = await post(id);
    expect(status).toBe(200);
    expect(body.job).toMatchObject({ job_id: id, total_files: 1, failed_files: 0, error: null });
    expect(body.job.completed_at).toBeNull();
    await expect.poll(async () => (await get(id)).body.job.status, { timeout: 20_000 }).toBe("completed");
    const again = await post(id);
    expect([again.status, again.body.error.code]).toEqual([409, "nothing_to_retry"]);
  });

  it("answers 401, 404 and 422 like the others", async () => {
    expect((await post(jobId, { apiKey: null })).status).toBe(401);
    expect((await post("job_unknown")).body.error.code).toBe("job_not_found");
    expect((await post("nonsense")).status).toBe(422);
  });
});

describe("the list of jobs", () => {
  const list = (query = "") => app.request("GET", `/api/v2/cloud-storage/jobs${query}`);
  const idsOf = (body: { jobs: { job_id: string }[] }) => body.jobs.map(({ job_id }) => job_id);

  it("tells of the caller's own jobs, newest first, page by page", async () => {
    const all = idsOf((await list()).body);
    expect(all).toContain(jobId);
    expect(all).toEqual([...all].sort().reverse());
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await list(`?limit=1${cursor === null ? "" : `&cursor=${cursor}`}`);
      found.push(...idsOf(body));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(found).toEqual(all);
  });

  it("tells of those alone that a filter names", async () => {
    expect(idsOf((await list("?status=partial")).body)).toEqual([jobId]);
    expect(idsOf((await list("?status=in_progress")).body)).toEqual([]);
    expect(idsOf((await list("?type=export")).body)).toEqual([]);
    expect(idsOf((await list(`?type=import&connection_id=${connectionId}`)).body)).toContain(jobId);
    expect(idsOf((await list(`?connection_id=${crypto.randomUUID()}`)).body)).toEqual([]);
  });

  it("answers 422 for a filter or a cursor that is none", async () => {
    expect((await list("?status=processing")).status).toBe(422);
    expect((await list("?cursor=x")).status).toBe(422);
  });
});

describe("POST a job's cancel", () => {
  const cancel = (id: string) => app.request("POST", `/api/v2/cloud-storage/jobs/${id}/cancel`);

  it("answers with the job, cancelled at once, and 409 from then on", async () => {
    app.sandbox.faults.add({ route: "files.get.media", fault: { kind: "slow", bytesPerSecond: 100 } });
    const files = addPictures(app.sandbox, { pictures: await testPictures({ count: 20, sizeBytes: 5_000 }) });
    const started = await app.request("POST", "/api/v2/cloud-storage/import", {
      body: { connection_id: connectionId, files },
    });
    const { status, body } = await cancel(started.body.job_id);
    app.sandbox.faults.clear();
    expect(status).toBe(200);
    expect(body.job).toMatchObject({
      status: "cancelled",
      cancelled_files: 20,
      error: "None of the 20 files was imported. The job was cancelled.",
      details: { state: "ended" },
    });
    const again = await cancel(started.body.job_id);
    expect([again.status, again.body.error.code]).toEqual([409, "job_not_open"]);
  });

  it("answers 404 for a job that is not there", async () => {
    expect((await cancel("job_unknown")).body.error.code).toBe("job_not_found");
  });
});
