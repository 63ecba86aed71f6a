import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Job, JobReply } from "@driveway/contract";
import { type ApiClient, createApiClient } from "@driveway/demo/api-client";
import { connectDrive } from "@driveway/demo/connect-drive";
import { type GoogleAddress, startDriveway } from "@driveway/demo/start-driveway";
import { expect, it } from "vitest";
import { watchMemory } from "./watch-memory.ts";

const LARGE_BYTES = 5 * 1024 ** 3;
const SMALL_BYTES = 20_000;
/** MEMORY_FILES=10000 is the whole measure, of some minutes; fewer files fill as many places at a time. */
const SMALL_FILES = Number(process.env.MEMORY_FILES ?? 1000);
const MOST_MEBIBYTES = 400;
const TIMEOUT_MS = 600_000;
const POLL_MS = 200;
const API_KEY = "memory-api-key-0123456789-0123456789";
const ACCOUNT = { email: "memory@example.com", password: "a password for the memory" };

it.runIf(process.platform === "linux")(
  "a file of 5 GiB and many small ones at the same time take little memory",
  { timeout: TIMEOUT_MS },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "driveway-memory-"));
    const drive = await startLargeDrive();
    const { google } = drive;
    const driveway = await startDriveway({ google, directory, account: ACCOUNT, apiKey: API_KEY });
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const api = createApiClient({ url: driveway.url, apiKey: API_KEY, signal });
      const connectionId = await connectDrive({ api, email: "alice@example.com" });
      const peak = watchMemory(driveway.processGroup);
      const jobs = await Promise.all(
        [[drive.large], drive.small].map((ids) => importAll(api, driveway.url, { connectionId, ids })),
      );
      const mebibytes = peak();
      console.log(`5 GiB beside ${SMALL_FILES} files: ${Math.round(mebibytes)} MiB at the most`);
      expect(jobs.map(({ completed_files: files }) => files)).toEqual([1, SMALL_FILES]);
      expect(mebibytes).toBeLessThan(MOST_MEBIBYTES);
    } finally {
      await driveway.stop();
      await drive.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
);

interface LargeDrive {
  readonly google: GoogleAddress;
  readonly large: string;
  readonly small: readonly string[];
}

async function startLargeDrive(): Promise<LargeDrive & { readonly stop: () => Promise<void> }> {
  const program = fileURLToPath(new URL("./large-drive.ts", import.meta.url));
  const numbers = [LARGE_BYTES, SMALL_FILES, SMALL_BYTES].map(String);
  const child = spawn(process.execPath, [program, ...numbers], { stdio: ["pipe", "pipe", "inherit"] });
  for await (const line of createInterface(child.stdout)) {
    const stop = async () => {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    };
    return { ...(JSON.parse(line) as LargeDrive), stop };
  }
  throw new Error("the Drive did not start");
}

async function importAll(
  api: ApiClient,
  url: string,
  wanted: { readonly connectionId: string; readonly ids: readonly string[] },
): Promise<Job> {
  const body = {
    connection_id: wanted.connectionId,
    files: wanted.ids.map((id) => ({ id, name: `${id}.jpg` })),
  };
  const headers = {
    authorization: `Bearer ${API_KEY}`,
    "content-type": "application/json",
    prefer: "respond-async",
  };
  const path = `${url}/api/v2/cloud-storage/import`;
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const { job_id: jobId } = (await response.json()) as { job_id: string };
  for (;;) {
    const { job } = await api.call({
      method: "GET",
      path: `/api/v2/cloud-storage/jobs/${jobId}`,
      reply: JobReply,
    });
    if (job.status !== "pending" && job.status !== "in_progress") return job;
    await delay(POLL_MS);
  }
}
