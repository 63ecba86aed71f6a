import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addPictures } from "../../testing/add-pictures.ts";
import { connectDrive } from "../../testing/connect-account.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { testPictures } from "../../testing/test-pictures.ts";

const EXPORT = "/api/v2/cloud-storage/export";

let app: TestApp;
let connectionId: string;
let imageIds: string[];

beforeAll(async () => {
  app = await startTestApp();
  connectionId = await connectDrive(app);
  const files = addPictures(app.sandbox, { pictures: await testPictures({ count: 3 }) });
  const imported = await app.request("POST", "/api/v2/cloud-storage/import", {
    body: { connection_id: connectionId, files },
  });
  imageIds = imported.body.image_ids;
});
afterAll(() => app.stop());

function post(body: object, headers: Record<string, string> = {}) {
  return app.request("POST", EXPORT, { body: { connection_id: connectionId, ...body }, headers });
}

describe("POST export", () => {
  it("answers with its job, which puts the images into a new folder", async () => {
    const { status, body } = await post({ image_ids: imageIds, folder_name: "Driveway Export" });
    expect(status).toBe(200);
    expect(body).toEqual({
      cloud_file_ids: null,
      job_id: expect.stringMatching(/^job_/),
      job_status: "pending",
      is_async: true,
      message: "Export job created",
    });
    const job = () => app.request("GET", `/api/v2/cloud-storage/jobs/${body.job_id}`);
    await expect.poll(async () => (await job()).body.job.status, { timeout: 20_000 }).toBe("completed");
    const items = await app.request("GET", `/api/v2/cloud-storage/jobs/${body.job_id}/items`);
    const files = items.body.items.map((item: { cloud_file_id: string }) =>
      app.sandbox.drive.get(item.cloud_file_id),
    );
    const folders = files.map((file: { parentId: string }) => app.sandbox.drive.get(file.parentId)?.name);
    expect(folders).toEqual(["Driveway Export", "Driveway Export", "Driveway Export"]);
  });

  it("waits when the client prefers to, and answers with the files", async () => {
    const { status, body } = await post({ image_ids: imageIds }, { prefer: "wait=20" });
    expect(status).toBe(200);
    expect(body).toEqual({
      cloud_file_ids: expect.any(Array),
      job_id: null,
      job_status: null,
      is_async: false,
      message: "3 files exported successfully",
      export_job_id: expect.stringMatching(/^job_/),
      failed_files: [],
    });
    expect(body.cloud_file_ids.every((id: string) => app.sandbox.drive.get(id) !== undefined)).toBe(true);
  });

  it("answers 404 for an image that is not there, and names it", async () => {
    const { status, body } = await post({ image_ids: [...imageIds, "img_unknown"] });
    expect([status, body.error.code]).toEqual([404, "image_not_found"]);
    expect(body.error.details.image_ids).toEqual(["img_unknown"]);
  });

  it("leaves out images that are in the folder already when asked to, and names the files that are there", async () => {
    const [alice] = app.sandbox.accounts;
    const { id: folder_id } = app.sandbox.drive.addFolder(alice?.sub ?? "", { name: "Twice" });
    const order = { image_ids: imageIds, folder_id, on_conflict: "skip" };
    const first = await post(order, { prefer: "wait=20" });
    const again = await post(order, { prefer: "wait=20" });
    expect(again.body.cloud_file_ids).toEqual(first.body.cloud_file_ids);
    const { job } = (await app.request("GET", `/api/v2/cloud-storage/jobs/${again.body.export_job_id}`)).body;
    expect(job).toMatchObject({ status: "completed", completed_files: 3, skipped_files: 3, bytes_done: 0 });
  });

  it("answers 400 for a folder that is none, and names the field", async () => {
    const [alice] = app.sandbox.accounts;
    const file = { name: "a.txt", mimeType: "text/plain", content: Buffer.from("text") };
    const { id: folder_id } = app.sandbox.drive.addFile(alice?.sub ?? "", file);
    const { status, body } = await post({ image_ids: imageIds, folder_id });
    expect([status, body.error.code]).toEqual([400, "not_a_folder"]);
    expect(body.error.details).toEqual({ field: "folder_id" });
  });

  it("answers 507 when the Drive has no room, and writes nothing", async () => {
    app.sandbox.settings.change({ quotas: { storageLimitBytes: 1 } });
    const mark = app.sandbox.requests.mark();
    const { status, body } = await post({ image_ids: imageIds });
    app.sandbox.settings.change({ quotas: { storageLimitBytes: null } });
    expect([status, body.error.code]).toEqual([507, "provider_quota_full"]);
    expect(body.error.details).toEqual({ needed_bytes: expect.any(Number), free_bytes: 0 });
    expect(app.sandbox.requests.find({ since: mark, method: "POST" })).toEqual([]);
  });

  it("answers 401 with requires_reauth when the grant turns out to be dead", async () => {
    app.sandbox.revokeGrant("alice@example.com");
    const { status, body } = await post({ image_ids: imageIds });
    expect([status, body.error.code, body.requires_reauth]).toEqual([401, "REAUTH_REQUIRED", true]);
    connectionId = await connectDrive(app);
  });

  it("answers 404 for a connection that is not there", async () => {
    const connection_id = "00000000-0000-4000-8000-000000000000";
    expect((await post({ connection_id, image_ids: imageIds })).body.error.code).toBe("connection_not_found");
  });

  it("answers 401 without a credential, whatever was sent", async () => {
    expect((await app.request("POST", EXPORT, { apiKey: null, body: "{" })).status).toBe(401);
  });

  it.each([
    { image_ids: [] },
    { image_ids: ["not an id"] },
    { image_ids: ["img_1"], folder_id: "a/b" },
    { image_ids: ["img_1"], folder_name: "" },
    { image_ids: ["img_1"], on_conflict: "ask" },
    { image_ids: ["img_1"], surprise: 1 },
  ])("answers 422 for %j", async (body) => {
    expect((await post(body)).status).toBe(422);
  });
});
