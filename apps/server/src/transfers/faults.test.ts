import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "../identity/index.ts";
import { type Fault, type FaultyProxy, startFaultyProxy } from "../testing/start-faulty-proxy.ts";
import {
  addUser,
  connectAccount,
  startTransferProcess,
  startTransferWorld,
  type TransferProcess,
  type TransferWorld,
} from "../testing/start-transfers.ts";
import { testPictures } from "../testing/test-pictures.ts";

let world: TransferWorld;
let proxy: FaultyProxy;
let process: TransferProcess;
let principal: Principal;
let connectionId: string;

beforeAll(async () => {
  world = await startTransferWorld();
  proxy = await startFaultyProxy(world.sandbox.apiRoot);
  process = await startTransferProcess(world, {
    apiRoot: proxy.origin,
    limits: { transferIdleTimeoutMs: 500 },
  });
  process.transfers.startWorker();
});
beforeEach(async () => {
  principal = await addUser(process.db);
  connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
});
afterEach(() => {
  proxy.plan = () => "none";
});
afterAll(async () => {
  await process.stop();
  await proxy.close();
  await world.stop();
});

async function importOne(omitSha = false) {
  const sub = world.sandbox.accounts[0]?.sub ?? "";
  const [content = Buffer.alloc(0)] = await testPictures({ count: 1, sizeBytes: 200_000 });
  const file = world.sandbox.drive.addFile(sub, {
    name: "a.jpg",
    mimeType: "image/jpeg",
    content,
    omitSha,
  });
  const jobId = await process.transfers.startImport({
    principal,
    connectionId,
    files: [{ id: file.id, name: "a.jpg" }],
    tags: [],
    collectionId: null,
    autoDescribe: false,
  });
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  expect(await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 28_000, signal })).toBe(true);
  const { items } = await process.transfers.listJobItems({
    principal,
    jobId,
    limit: 10,
    afterPosition: null,
  });
  return items[0];
}

/** Lets these faults happen to the downloads, one after another, and none or `then` to all later ones. */
function planDownloads(faults: readonly Fault[], then: Fault = "none"): { count: number } {
  const downloads = { count: 0 };
  proxy.plan = ({ url }) => {
    if (!url.includes("alt=media")) return "none";
    downloads.count += 1;
    return faults[downloads.count - 1] ?? then;
  };
  return downloads;
}

async function stagedFiles(): Promise<string[]> {
  return readdir(join(world.blobDirectory, "staging"));
}

describe("bytes that are not the ones the Drive named", () => {
  it("are fetched again", async () => {
    const downloads = planDownloads(["flip"]);
    expect(await importOne()).toMatchObject({ state: "done" });
    expect(downloads.count).toBe(2);
  });

  it.each([{ omitSha: false }, { omitSha: true }])(
    "fail the file after three fetches, and leave nothing behind (%o)",
    async ({ omitSha }) => {
      const downloads = planDownloads([], "flip");
      expect(await importOne(omitSha)).toMatchObject({
        state: "failed",
        errorCode: "checksum_mismatch",
        imageId: null,
      });
      expect(downloads.count).toBe(3);
      expect(await stagedFiles()).toEqual([]);
    },
  );
});

describe("a connection", () => {
  it("that breaks in the middle of a file costs another try", async () => {
    const downloads = planDownloads(["break"]);
    expect(await importOne()).toMatchObject({ state: "done", bytesDone: 200_000 });
    expect(downloads.count).toBe(2);
    expect(await stagedFiles()).toEqual([]);
  });

  it("that falls silent in the middle of a file costs another try", async () => {
    const downloads = planDownloads(["stall"]);
    expect(await importOne()).toMatchObject({ state: "done", bytesDone: 200_000 });
    expect(downloads.count).toBe(2);
  });

  it("that breaks every time fails the file in the end", async () => {
    const downloads = planDownloads([], "break");
    expect(await importOne()).toMatchObject({ state: "failed", errorCode: "provider_failed" });
    expect(downloads.count).toBe(5);
    expect(await stagedFiles()).toEqual([]);
  });
});

it("is patient with a Drive that is unavailable for a moment", async () => {
  let refusals = 3;
  proxy.plan = () => {
    refusals -= 1;
    return refusals >= 0 ? "unavailable" : "none";
  };
  expect(await importOne()).toMatchObject({ state: "done" });
});
