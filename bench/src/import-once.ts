import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createApiClient } from "@driveway/demo/api-client";
import { connectDrive } from "@driveway/demo/connect-drive";
import { startDriveway } from "@driveway/demo/start-driveway";
import { type ProcessUse, watchProcess } from "./process-use.ts";
import type { RunningSandbox } from "./run-sandbox.ts";

const API_KEY = "bench-api-key-0123456789-0123456789";
const ACCOUNT = { email: "bench@example.com", password: "a password for the bench" };
const POLL_MS = 20;

/** How one import went. */
export interface ImportRun extends ProcessUse {
  /** From the request to the end of the job. */
  readonly seconds: number;
}

interface JobState {
  readonly status: string;
  readonly completed_files: number;
}

/**
 * Starts a Driveway with an empty library, imports files into it by one job and stops it.
 * @param params.settings of the server, by their names
 * @param params.warmUp a file that is imported before, so that threads and connections are there
 * @throws Error when not every file was imported
 */
export async function importOnce(params: {
  readonly sandbox: RunningSandbox;
  readonly fileIds: readonly string[];
  readonly warmUp: string;
  readonly settings: Readonly<Record<string, string>>;
}): Promise<ImportRun> {
  const { origin, clientId, clientSecret } = params.sandbox.ready;
  const directory = await mkdtemp(join(tmpdir(), "driveway-bench-"));
  const google = { issuer: origin, apiRoot: origin, clientId, clientSecret };
  const { settings } = params;
  const driveway = await startDriveway({ google, directory, account: ACCOUNT, apiKey: API_KEY, settings });
  try {
    const api = createApiClient({ url: driveway.url, apiKey: API_KEY, signal: new AbortController().signal });
    const connectionId = await connectDrive({ api, email: "alice@example.com" });
    const importAll = async (ids: readonly string[]) => {
      const body = { connection_id: connectionId, files: ids.map((id) => ({ id, name: `${id}.jpg` })) };
      const jobId = await startImport(driveway.url, body);
      const job = await ended(driveway.url, jobId);
      if (job.completed_files !== ids.length) throw new Error(`an import ended as ${JSON.stringify(job)}`);
    };
    await importAll([params.warmUp]);
    const watch = watchProcess(driveway.processGroup);
    const beganMs = performance.now();
    await importAll(params.fileIds);
    const seconds = (performance.now() - beganMs) / 1000;
    return { seconds, ...watch() };
  } finally {
    await driveway.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

const HEADERS = { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" };

async function startImport(url: string, body: object): Promise<string> {
  const response = await fetch(`${url}/api/v2/cloud-storage/import`, {
    method: "POST",
    headers: { ...HEADERS, prefer: "respond-async" },
    body: JSON.stringify(body),
  });
  const reply = (await response.json()) as { job_id?: string };
  if (reply.job_id === undefined) throw new Error(`no import was begun: ${JSON.stringify(reply)}`);
  return reply.job_id;
}

async function ended(url: string, jobId: string): Promise<JobState> {
  for (;;) {
    const response = await fetch(`${url}/api/v2/cloud-storage/jobs/${jobId}`, { headers: HEADERS });
    const { job } = (await response.json()) as { job: JobState };
    if (job.status !== "pending" && job.status !== "in_progress") return job;
    await delay(POLL_MS);
  }
}
