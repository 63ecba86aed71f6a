import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "../identity/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const ALICE = "alice@example.com";

let world: TransferWorld;
let process: TransferProcess;
let principal: Principal;
let connectionId: string;
let imageIds: readonly string[];

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
  process.transfers.startWorker();
});
beforeEach(async () => {
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: ALICE });
});
afterEach(() => {
  world.sandbox.faults.clear();
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

async function startImport() {
  const files = addPictures(world.sandbox, { pictures: await testPictures({ count: 2 }) });
  const order = { principal, connectionId, files, tags: [], collectionId: null, autoDescribe: false };
  return { jobId: await process.transfers.startImport(order), first: files[0]?.id ?? "" };
}

async function outcomeOf(jobId: string) {
  const { tenantId } = principal;
  const signal = new AbortController().signal;
  expect(await process.transfers.waitForJob({ tenantId, jobId, timeoutMs: 25_000, signal })).toBe(true);
  const page = await process.transfers.listJobItems({ principal, jobId, limit: 10, afterPosition: null });
  return page.items.map((item) => item.errorCode ?? item.state);
}

/** Imports two files while the Drive refuses the bytes of one. */
async function importRefused(reason: string, times: number, status?: number) {
  const files = addPictures(world.sandbox, { pictures: await testPictures({ count: 2 }) });
  const code = status === undefined ? {} : { status };
  world.sandbox.faults.add({
    route: "files.get.media",
    file: files[0]?.id ?? "",
    times,
    fault: { kind: "status", reason, ...code },
  });
  const order = { principal, connectionId, files, tags: [], collectionId: null, autoDescribe: false };
  return outcomeOf(await process.transfers.startImport(order));
}

describe("an import whose first file the Drive refuses", () => {
  it.each([
    ["cannotDownloadFile", "no_permission"],
    ["cannotDownloadSomethingNew", "no_permission"],
    ["insufficientFilePermissions", "no_permission"],
    ["cannotDownloadAbusiveFile", "abusive"],
    ["downloadQuotaExceeded", "download_quota_exceeded"],
    ["fileNotDownloadable", "not_downloadable"],
    ["appNotAuthorizedToFile", "app_not_authorized"],
    ["teamDriveMembershipRequired", "not_a_member"],
    ["notFound", "not_found"],
    ["badRequest", "provider_refused"],
    ["nobodyKnowsThisReason", "provider_refused"],
  ])("with %s loses that file alone, as %s", async (reason, code) => {
    expect(await importRefused(reason, 100)).toEqual([code, "done"]);
  });

  it.each([
    ["rateLimitExceeded", 403],
    ["rateLimitExceeded", 429],
    ["userRateLimitExceeded", 403],
    ["internalError", 500],
    ["backendError", 503],
    ["authError", 401],
  ])("once with %s (%i) gets it at the next try", async (reason, status) => {
    expect(await importRefused(reason, 1, status)).toEqual(["done", "done"]);
  });

  it.each([
    ["insufficientPermissions", "insufficient_scope"],
    ["domainPolicy", "domain_policy"],
  ])("with %s stops, since all others would meet the same", async (reason, code) => {
    world.sandbox.faults.add({ route: "files.get.media", fault: { kind: "status", reason } });
    const { jobId } = await startImport();
    expect(await outcomeOf(jobId)).toEqual([code, code]);
    expect(await process.transfers.getJob({ principal, jobId })).toMatchObject({ errorCode: code });
  });

  it("because the API is not switched on waits for the operator, and loses nothing", async () => {
    world.sandbox.faults.add({
      route: "files.get",
      fault: { kind: "status", reason: "accessNotConfigured" },
    });
    const mark = world.sandbox.requests.mark();
    const { jobId } = await startImport();
    await expect.poll(() => world.sandbox.requests.since(mark).length).toBeGreaterThan(0);
    await expect
      .poll(async () => (await process.transfers.getJob({ principal, jobId })).counters)
      .toMatchObject({ pending: 2, running: 0, failed: 0 });
  });
});

describe("an export that the Drive refuses", () => {
  beforeEach(async () => {
    const { jobId } = await startImport();
    await outcomeOf(jobId);
    const made = await process.transfers.jobOutcome({ tenantId: principal.tenantId, jobId, type: "import" });
    imageIds = made.madeIds;
  });

  const exportAll = () =>
    process.transfers.startExport({ principal, connectionId, imageIds, folderId: null, folderName: null });

  it.each([
    ["storageQuotaExceeded", "provider_quota_full"],
    ["teamDriveFileLimitExceeded", "shared_drive_full"],
    ["activeItemCreationLimitExceeded", "item_limit_reached"],
    ["numChildrenInNonRootLimitExceeded", "folder_full"],
    ["insufficientParentPermissions", "folder_not_writable"],
  ])("with %s stops as %s", async (reason, code) => {
    world.sandbox.faults.add({ route: "upload.*", fault: { kind: "status", reason } });
    const jobId = await exportAll();
    expect(await outcomeOf(jobId)).toEqual([code, code]);
    expect(await process.transfers.getJob({ principal, jobId })).toMatchObject({
      status: "failed",
      errorCode: code,
    });
  });

  it("for one file and a reason that nobody knows loses that file alone", async () => {
    const fault = { kind: "status", reason: "nobodyKnowsThisReason" } as const;
    world.sandbox.faults.add({ route: "upload.*", times: 1, fault });
    const codes = await outcomeOf(await exportAll());
    expect(codes.toSorted()).toEqual(["done", "provider_refused"]);
  });
});
