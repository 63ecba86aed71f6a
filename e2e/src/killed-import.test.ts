import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ImportReply, type Job, JobReply } from "@driveway/contract";
import { type ApiClient, createApiClient } from "@driveway/demo/api-client";
import { connectDrive } from "@driveway/demo/connect-drive";
import { listImages } from "@driveway/demo/list-images";
import { type RunningDriveway, startDriveway } from "@driveway/demo/start-driveway";
import { createSandbox, type Sandbox } from "@driveway/sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";

const FILES = 500;
const KILLS = 5;
const FILE_BYTES = 60_000;
const API_KEY = "a-key-that-only-this-trial-knows-0000";
const ACCOUNT = { email: "admin@example.com", password: "correct horse battery staple" };
/** The smallest picture: a PNG of one pixel. What stands behind its end chunk belongs to the file and not to the picture. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

let sandbox: Sandbox;
let directory: string;
let driveway: RunningDriveway | null = null;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driveway-killed-"));
  sandbox = await createSandbox({ library: "none" });
});

afterAll(async () => {
  await driveway?.stop();
  await sandbox.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(): Promise<ApiClient> {
  // Slow enough that five kills find it at work, on a fast machine too.
  const settings = { CONNECTION_CONCURRENCY: "4" };
  driveway = await startDriveway({ google: sandbox, directory, account: ACCOUNT, apiKey: API_KEY, settings });
  return createApiClient({ url: driveway.url, apiKey: API_KEY, signal: new AbortController().signal });
}

async function readJob(api: ApiClient, jobId: string): Promise<Job> {
  const reply = await api.call({
    method: "GET",
    path: `/api/v2/cloud-storage/jobs/${jobId}`,
    reply: JobReply,
  });
  return reply.job;
}

/** Follows the job until it satisfies the condition, and checks at every look that its counters only grow. */
async function follow(api: ApiClient, jobId: string, until: (job: Job) => boolean): Promise<Job> {
  let seen = 0;
  for (;;) {
    const job = await readJob(api, jobId);
    expect(job.completed_files).toBeGreaterThanOrEqual(seen);
    expect(job.completed_files + job.failed_files).toBeLessThanOrEqual(job.total_files);
    seen = job.completed_files;
    if (until(job)) return job;
    await delay(20);
  }
}

/** Everything at once and without a word, as a power cut does; in every second round the database too. */
async function killEverything(round: number): Promise<void> {
  if (driveway === null) throw new Error("nothing runs");
  process.kill(-driveway.processGroup, "SIGKILL");
  driveway = null;
  if (round % 2 === 1) return;
  const pidFile = await readFile(join(directory, "data", "postgres", "postmaster.pid"), "utf8");
  process.kill(Number(pidFile.split("\n")[0]), "SIGKILL");
}

it("an import of 500 files that is killed five times ends with 500 images, each once, each byte right", {
  timeout: 240_000,
}, async () => {
  const [alice] = sandbox.accounts;
  if (alice === undefined) throw new Error("the sandbox has no account");
  const files = Array.from({ length: FILES }, (_, index) => {
    const content = Buffer.concat([PIXEL, randomBytes(FILE_BYTES)]);
    const { id, name } = sandbox.drive.addFile(alice.sub, {
      name: `picture ${index}.png`,
      mimeType: "image/png",
      content,
    });
    return { id, name, sha256: createHash("sha256").update(content).digest("hex") };
  });
  let api = await start();
  const connectionId = await connectDrive({ api, email: alice.email });
  const { job_id: jobId } = await api.call({
    method: "POST",
    path: "/api/v2/cloud-storage/import",
    body: { connection_id: connectionId, files: files.map(({ id, name }) => ({ id, name })) },
    reply: ImportReply,
  });
  if (jobId === null) throw new Error("the import was not a job");

  let done = 0;
  for (let round = 1; round <= KILLS; round += 1) {
    const job = await follow(api, jobId, ({ completed_files: now }) => now >= Math.min(done + 40, FILES - 1));
    expect(job.completed_at, `the import was over before kill ${round}`).toBeNull();
    await killEverything(round);
    api = await start();
    const after = await readJob(api, jobId);
    expect(after.completed_files).toBeGreaterThanOrEqual(job.completed_files);
    done = after.completed_files;
  }

  const end = await follow(api, jobId, (job) => job.completed_at !== null);
  expect([end.status, end.completed_files, end.failed_files, end.error]).toEqual([
    "completed",
    FILES,
    0,
    null,
  ]);
  const images = await listImages(api);
  expect(images).toHaveLength(FILES);
  const bySource = new Map(images.map((image) => [image.source?.file_id, image]));
  expect(bySource.size).toBe(FILES);
  for (const file of files) {
    const image = bySource.get(file.id);
    const bytes = await api.download(`/api/v2/user-files/${image?.id}/download`);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(file.sha256);
    expect(image?.sha256).toBe(file.sha256);
  }
});
