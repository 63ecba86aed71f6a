import { expect } from "vitest";
import type { Principal } from "../identity/index.ts";
import type { Job, JobItem } from "../transfers/index.ts";
import { connectAccount } from "./connect-account.ts";
import { makePerson } from "./make-person.ts";
import { putImages } from "./put-images.ts";
import { startTransferProcess, type TransferProcess } from "./start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "./start-transfer-world.ts";

type Order = Parameters<TransferProcess["transfers"]["startExport"]>[0];
type Target = Partial<Pick<Order, "folderId" | "folderName" | "onConflict">>;
type SandboxFile = NonNullable<ReturnType<TransferWorld["sandbox"]["drive"]["get"]>>;

const BOB = "bob@example.com";

/** Somebody with a library, who exports into Bob's Drive. */
export interface ExportWorld extends TransferWorld {
  readonly process: TransferProcess;
  /** The account id of the Drive's owner. */
  readonly bob: string;
  readonly principal: Principal;
  readonly connectionId: string;
  /** Puts images into the library and returns their ids. */
  put(contents: readonly Buffer[], facts?: Parameters<typeof putImages>[1]["facts"]): Promise<string[]>;
  start(imageIds: readonly string[], target?: Target): Promise<string>;
  /** The job when it has ended. */
  end(jobId: string): Promise<Job>;
  items(jobId: string): Promise<readonly JobItem[]>;
  /** Starts an export and returns the job when it has ended. */
  run(imageIds: readonly string[], target?: Target): Promise<Job>;
  addFolder(name: string): string;
  /** What lies in a folder, by its id. */
  filesIn(folderId: string): SandboxFile[];
  /** The bytes of a file, by its id. */
  bytesOf(fileId: string): Buffer;
}

/** Starts a process that works, for a person of its own. */
export async function startExportWorld(
  params: Parameters<typeof startTransferProcess>[1] = {},
): Promise<ExportWorld> {
  const world = await startTransferWorld();
  const process = await startTransferProcess(world, params);
  process.transfers.startWorker();
  const { principal } = await makePerson(process.db);
  const connectionId = await connectAccount(process.connections, { principal, email: BOB });
  const { transfers } = process;
  const { drive } = world.sandbox;
  const bob = world.sandbox.accounts.find(({ email }) => email === BOB)?.sub ?? "";

  const start: ExportWorld["start"] = (imageIds, target = {}) => {
    const usual = { folderId: null, folderName: null, onConflict: "keep_both" } as const;
    return transfers.startExport({ principal, connectionId, imageIds, ...usual, ...target });
  };
  const end: ExportWorld["end"] = async (jobId) => {
    const { tenantId } = principal;
    const signal = new AbortController().signal;
    expect(await transfers.waitForJob({ tenantId, jobId, timeoutMs: 60_000, signal })).toBe(true);
    return transfers.getJob({ principal, jobId });
  };
  return {
    ...world,
    process,
    bob,
    principal,
    connectionId,
    put: (contents, facts = {}) => putImages({ ...world, db: process.db }, { principal, contents, facts }),
    start,
    end,
    async items(jobId) {
      return (await transfers.listJobItems({ principal, jobId, limit: 1000, afterPosition: null })).items;
    },
    run: async (imageIds, target) => end(await start(imageIds, target)),
    addFolder: (name) => drive.addFolder(bob, { name }).id,
    filesIn: (folderId) => drive.listAll(bob).filter((file) => file.parentId === folderId),
    bytesOf: (fileId) => Buffer.from(drive.contentOf(fileId) ?? []),
    async stop() {
      await process.stop();
      await world.stop();
    },
  };
}
