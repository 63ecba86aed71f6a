import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { images } from "../../db/index.ts";
import { addPictures } from "../../testing/add-pictures.ts";
import { connectDrive } from "../../testing/connect-account.ts";
import { openDatabase } from "../../testing/open-database.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { testPictures } from "../../testing/test-pictures.ts";

let app: TestApp;
let jobId: string;

beforeAll(async () => {
  app = await startTestApp();
  const connectionId = await connectDrive(app);
  const files = addPictures(app.sandbox, { pictures: await testPictures({ count: 3 }) });
  const order = (more: object[]) => ({ body: { connection_id: connectionId, files: more } });
  await app.request("POST", "/api/v2/cloud-storage/import", order(files.slice(0, 1)));
  const all = [...files, { id: "missing", name: "gone.jpg" }];
  const { body } = await app.request("POST", "/api/v2/cloud-storage/import", order(all));
  jobId = body.import_job_id;
});
afterAll(() => app.stop());

const receipt = (query = "") => app.request("GET", `/api/v2/cloud-storage/jobs/${jobId}/receipt${query}`);

/** Runs the program of the documentation. */
async function check(): Promise<{ readonly code: number; readonly said: string }> {
  const page = await readFile(new URL("../../../../../docs/receipts.md", import.meta.url), "utf8");
  const program = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const environment = { ...process.env, DRIVEWAY: app.url, API_KEY: app.apiKey, JOB_ID: jobId };
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { env: environment });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit") as Promise<[number]>]);
  return { code, said };
}

describe("GET jobs/{id}/receipt", () => {
  it("has of each file what the provider said and what was kept, and totals that add up", async () => {
    const { status, body } = await receipt();
    expect(status).toBe(200);
    expect(body.totals).toEqual({
      pending: 0,
      running: 0,
      done: 2,
      skipped: 1,
      failed: 1,
      cancelled: 0,
      ignored: 0,
    });
    expect(body.files.map((file: { outcome: string; code: string }) => file.code ?? file.outcome)).toEqual([
      "skipped",
      "done",
      "done",
      "not_found",
    ]);
    for (const file of body.files.slice(0, 3)) {
      const image = await app.request("GET", `/api/v2/user-files/${file.image_id}`);
      const { sha256, size_bytes, source } = image.body.file ?? image.body;
      expect(file).toMatchObject({ sha256, source: { sha256, size_bytes, revision: source.revision } });
      expect(file.blob_key).toContain(file.image_id);
    }
    expect(body.files[3]).toMatchObject({ image_id: null, sha256: null, source: null, blob_key: null });
  });

  it("comes in pages", async () => {
    const first = await receipt("?limit=3");
    expect(first.body.files).toHaveLength(3);
    const second = await receipt(`?limit=3&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ files: [{ position: 3 }], next_cursor: null });
  });

  it("is 404 for a job that is not there, and 422 for a strange page", async () => {
    const nowhere = await app.request("GET", "/api/v2/cloud-storage/jobs/job_nowhere/receipt");
    expect(nowhere.body.error.code).toBe("job_not_found");
    expect((await receipt("?limit=0")).status).toBe(422);
  });
});

describe("the program in the documentation", () => {
  it("finds that the library is what the receipt says, and what is not", async () => {
    expect(await check()).toEqual({ code: 0, said: "3 images checked, 0 wrong\n" });
    const { body } = await receipt();
    const opened = openDatabase(app.database);
    try {
      await opened.db.delete(images).where(eq(images.id, body.files[1].image_id));
    } finally {
      await opened.close();
    }
    expect(await check()).toEqual({ code: 1, said: "3 images checked, 1 wrong\n" });
  });
});
