import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "../identity/index.ts";
import {
  type Fate,
  type FaultProxy,
  type ProxiedRequest,
  startFaultProxy,
} from "../testing/start-fault-proxy.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const SIZE_BYTES = 200_000;
const PASS: Fate = { kind: "pass" };
const FLIP: Fate = { kind: "flip", atByte: SIZE_BYTES / 2 };
const BREAK: Fate = { kind: "cut", afterBytes: SIZE_BYTES / 2 };
const STALL: Fate = { kind: "stall", afterBytes: SIZE_BYTES / 2 };

let world: TransferWorld;
let proxy: FaultProxy;
let decide: (request: ProxiedRequest) => Fate = () => PASS;
let process: TransferProcess;
let principal: Principal;
let connectionId: string;

beforeAll(async () => {
  world = await startTransferWorld();
  proxy = await startFaultProxy({
    target: world.sandbox.apiRoot,
    decide: (request) => decide(request),
  });
  process = await startTransferProcess(world, {
    apiRoot: proxy.origin,
    limits: { transferIdleTimeoutMs: 500 },
  });
  process.transfers.startWorker();
});
beforeEach(async () => {
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
});
afterEach(() => {
  decide = () => PASS;
});
afterAll(async () => {
  await process.stop();
  await proxy.close();
  await world.stop();
});

async function importOne(omitSha = false) {
  const sub = world.sandbox.accounts[0]?.sub ?? "";
  const [content = Buffer.alloc(0)] = await testPictures({ count: 1, sizeBytes: SIZE_BYTES });
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

/** Lets these fates befall the downloads, one after another, and `then` all later ones. */
function planDownloads(fates: readonly Fate[], then: Fate = PASS): { count: number } {
  const downloads = { count: 0 };
  decide = ({ path }) => {
    if (!path.includes("alt=media")) return PASS;
    downloads.count += 1;
    return fates[downloads.count - 1] ?? then;
  };
  return downloads;
}

async function stagedFiles(): Promise<string[]> {
  return readdir(join(world.blobDirectory, "staging"));
}

describe("bytes that are not the ones the Drive named", () => {
  it("are fetched again", async () => {
    const downloads = planDownloads([FLIP]);
    expect(await importOne()).toMatchObject({ state: "done" });
    expect(downloads.count).toBe(2);
  });

  it.each([{ omitSha: false }, { omitSha: true }])(
    "fail the file after three fetches, and leave nothing behind (%o)",
    async ({ omitSha }) => {
      const downloads = planDownloads([], FLIP);
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
    const downloads = planDownloads([BREAK]);
    expect(await importOne()).toMatchObject({ state: "done", bytesDone: SIZE_BYTES });
    expect(downloads.count).toBe(2);
    expect(await stagedFiles()).toEqual([]);
  });

  it("that falls silent in the middle of a file costs another try", async () => {
    const downloads = planDownloads([STALL]);
    expect(await importOne()).toMatchObject({ state: "done", bytesDone: SIZE_BYTES });
    expect(downloads.count).toBe(2);
  });

  it("that falls silent every time, before anything new has come, fails the file in the end", async () => {
    const downloads = planDownloads([BREAK], { kind: "stall", afterBytes: 0 });
    expect(await importOne()).toMatchObject({ state: "failed", errorCode: "provider_timeout" });
    expect(downloads.count).toBe(10);
    expect(await stagedFiles()).toEqual([]);
  });
});

it("does not wait longer than for a download when a question is not answered", async () => {
  // With the usual twenty seconds for each of them, the job would not be through in time.
  let silences = 2;
  decide = ({ path }) => {
    if (path.includes("alt=media")) return PASS;
    silences -= 1;
    return silences >= 0 ? { kind: "stall", afterBytes: 10 } : PASS;
  };
  expect(await importOne()).toMatchObject({ state: "done" });
  expect(silences).toBeLessThan(0);
});

it("is patient with a Drive that is unavailable for a moment", async () => {
  let refusals = 3;
  decide = () => {
    refusals -= 1;
    return refusals >= 0 ? { kind: "answer", status: 503 } : PASS;
  };
  expect(await importOne()).toMatchObject({ state: "done" });
});
