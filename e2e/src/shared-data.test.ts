import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ImportReply,
  JobReply,
  ListUserFilesReply,
  PickerProxyReply,
  PickerTokenReply,
} from "@driveway/contract";
import { type ApiClient, createApiClient } from "@driveway/demo/api-client";
import { connectDrive } from "@driveway/demo/connect-drive";
import { type RunningDriveway, startDriveway } from "@driveway/demo/start-driveway";
import { afterAll, beforeAll, expect, it } from "vitest";

const API_KEY = "a-key-that-only-this-trial-knows-0000";
const ACCOUNT = { email: "admin@example.com", password: "correct horse battery staple" };
const FILES = 20;

let directory: string;
const running: RunningDriveway[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driveway-shared-"));
});
afterAll(async () => {
  await Promise.all(running.splice(0).map((driveway) => driveway.stop()));
  await rm(directory, { recursive: true, force: true });
});

/** One process of a trial: no Google client, no database; everything else is in the directory. */
async function start(roles: string): Promise<RunningDriveway> {
  const settings = { ROLES: roles };
  const driveway = await startDriveway({
    google: null,
    directory,
    account: ACCOUNT,
    apiKey: API_KEY,
    settings,
  });
  running.push(driveway);
  return driveway;
}

async function stop(driveway: RunningDriveway): Promise<void> {
  running.splice(running.indexOf(driveway), 1);
  await driveway.stop();
}

const clientOf = ({ url }: RunningDriveway): ApiClient =>
  createApiClient({ url, apiKey: API_KEY, signal: new AbortController().signal });

async function pickPictures(api: ApiClient, connectionId: string): Promise<{ id: string; name: string }[]> {
  const path = `/api/v2/cloud-storage/connections/${connectionId}/picker-token?access_token=withhold`;
  const { session } = await api.call({ method: "GET", path, reply: PickerTokenReply });
  expect(session.access_token).toBe("");
  const params = { q: "name contains 'IMG_00' and mimeType = 'image/jpeg'", pageSize: FILES };
  const body = { session_id: session.session_id, endpoint: "files", params };
  const proxy = {
    method: "POST",
    path: "/api/v2/cloud-storage/picker-proxy",
    body,
    reply: PickerProxyReply,
  } as const;
  const { data } = await api.call(proxy);
  return (data as { files: { id: string; name: string }[] }).files.map(({ id, name }) => ({ id, name }));
}

it("a process that answers and a process that works share database, sandbox and pictures through one directory", {
  timeout: 120_000,
}, async () => {
  // Both at once, on an empty directory: whoever comes first makes what both need.
  const [answering, working] = await Promise.all([start("api"), start("worker")]);
  const api = clientOf(answering);
  const connectionId = await connectDrive({ api, email: "alice@example.com" });
  const files = await pickPictures(api, connectionId);
  expect(files).toHaveLength(FILES);
  const { job_id: jobId } = await api.call({
    method: "POST",
    path: "/api/v2/cloud-storage/import",
    body: { connection_id: connectionId, files },
    reply: ImportReply,
  });
  const path = `/api/v2/cloud-storage/jobs/${jobId}`;
  await expect
    .poll(async () => (await api.call({ method: "GET", path, reply: JobReply })).job.status, {
      timeout: 30_000,
    })
    .toBe("completed");

  // Whoever began the sandbox and the database: the others go on when that process leaves, and a new one joins.
  await stop(working);
  await stop(answering);
  const again = await start("api,worker");
  const list = { method: "GET", path: "/api/v2/user-files", reply: ListUserFilesReply } as const;
  expect((await clientOf(again).call(list)).total_count).toBe(FILES);
  expect(await pickPictures(clientOf(again), connectionId)).toEqual(files);

  await stop(again);
  await expect(access(join(directory, "data", "postgres", "postmaster.pid"))).rejects.toThrow("ENOENT");
});
