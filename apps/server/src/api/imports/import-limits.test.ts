import { afterAll, beforeAll, expect, it } from "vitest";
import { transferJobs } from "../../db/index.ts";
import { connectDrive } from "../../testing/connect-account.ts";
import { openDatabase } from "../../testing/open-database.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const LIMITS = { MAX_FILES_PER_JOB: "3", MAX_OPEN_JOBS: "1", STORAGE_QUOTA_BYTES: "1000" };

let app: TestApp;
let opened: ReturnType<typeof openDatabase>;
let connectionId: string;

beforeAll(async () => {
  app = await startTestApp({ environment: { ROLES: "api", ...LIMITS } });
  opened = openDatabase(app.database);
  connectionId = await connectDrive(app);
});
afterAll(async () => {
  await opened.close();
  await app.stop();
});

const order = (sizes: readonly number[]) =>
  app.request("POST", "/api/v2/cloud-storage/import", {
    headers: { prefer: "respond-async" },
    body: {
      connection_id: connectionId,
      files: sizes.map((size_bytes, index) => ({ id: `file_${index}`, name: "a.jpg", size_bytes })),
    },
  });

it("too many files are refused by the name of their field, and nothing is written", async () => {
  const { status, body } = await order([1, 1, 1, 1]);
  expect([status, body.error.code]).toEqual([413, "too_many_files"]);
  expect(body.error.details).toEqual({ field: "files", limit: 3, files: 4 });
  expect(await opened.db.$count(transferJobs)).toBe(0);
});

it("more bytes than the workspace has left are 507 with the figures, and nothing is written", async () => {
  const { status, body } = await order([600, 401]);
  expect([status, body.error.code]).toEqual([507, "storage_quota_exceeded"]);
  expect(body.error.details).toEqual({ quota_bytes: 1000, stored_bytes: 0, requested_bytes: 1001 });
  expect(await opened.db.$count(transferJobs)).toBe(0);
});

it("sizes that no number holds together are 422 by their field, and nothing is written", async () => {
  const { status, body } = await order([Number.MAX_SAFE_INTEGER, 1]);
  expect([status, body.error.code]).toEqual([422, "validation_failed"]);
  expect(body.error.details).toEqual({ field: "files" });
  expect(await opened.db.$count(transferJobs)).toBe(0);
});

it("more open jobs than there may be are 429 with the time to come back", async () => {
  expect((await order([500])).status).toBe(200);
  const { status, body, headers } = await order([500]);
  expect([status, body.error.code, headers.get("retry-after")]).toEqual([429, "too_many_open_jobs", "30"]);
  expect(await opened.db.$count(transferJobs)).toBe(1);
});
