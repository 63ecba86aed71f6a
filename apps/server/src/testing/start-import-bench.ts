import type { Principal } from "../identity/index.ts";
import type { Job, JobItem, Transfers } from "../transfers/index.ts";
import { connectAccount } from "./connect-account.ts";
import { makePerson } from "./make-person.ts";
import { startTransferProcess, type TransferProcess } from "./start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "./start-transfer-world.ts";

type Order = Parameters<Transfers["startImport"]>[0];
type NewFile = Parameters<TransferWorld["sandbox"]["drive"]["addFile"]>[1];

/** Somebody with a connected drive, and what tests of imports do again and again. */
export interface ImportBench {
  readonly world: TransferWorld;
  readonly process: TransferProcess;
  readonly principal: Principal;
  readonly connectionId: string;
  /** Puts a file into the drive; a JPEG without bytes unless told otherwise. */
  addFile(file?: Partial<NewFile>): string;
  addFolder(name: string, parentId?: string): string;
  start(files: readonly string[], more?: Partial<Order>): Promise<string>;
  /** The job at its end, with its items. */
  end(jobId: string): Promise<Job & { readonly items: readonly JobItem[] }>;
}

/** Starts a world with one process, whose worker is at work unless told otherwise. */
export async function startImportBench(
  params: { readonly isWorking?: boolean; readonly limits?: Partial<Transfers["limits"]> } = {},
): Promise<{ readonly world: TransferWorld; readonly process: TransferProcess; stop(): Promise<void> }> {
  const world = await startTransferWorld();
  const process = await startTransferProcess(world, { limits: params.limits ?? {} });
  if (params.isWorking ?? true) process.transfers.startWorker();
  return {
    world,
    process,
    async stop() {
      await process.stop();
      await world.stop();
    },
  };
}

/** Gives a test a workspace and a connection of its own. */
export async function sitDown({
  world,
  process,
}: {
  readonly world: TransferWorld;
  readonly process: TransferProcess;
}): Promise<ImportBench> {
  const { principal } = await makePerson(process.db);
  const email = "alice@example.com";
  const connectionId = await connectAccount(process.connections, { principal, email });
  const sub = world.sandbox.accounts.find((account) => account.email === email)?.sub ?? "";
  const getJob = (jobId: string) => process.transfers.getJob({ principal, jobId });
  return {
    world,
    process,
    principal,
    connectionId,
    addFile: (file = {}) =>
      world.sandbox.drive.addFile(sub, { name: "a.jpg", mimeType: "image/jpeg", content: null, ...file }).id,
    addFolder: (name, parentId) =>
      world.sandbox.drive.addFolder(sub, { name, ...(parentId === undefined ? {} : { parentId }) }).id,
    start: (files, more = {}) =>
      process.transfers.startImport({
        principal,
        connectionId,
        files: files.map((id) => ({ id, name: `${id}.jpg` })),
        tags: [],
        collectionId: null,
        autoDescribe: false,
        ...more,
      }),
    async end(jobId) {
      for (let job = await getJob(jobId); ; job = await getJob(jobId)) {
        if (job.completedAt === null) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          continue;
        }
        const question = { principal, jobId, limit: 1000, afterPosition: null };
        return { ...job, items: (await process.transfers.listJobItems(question)).items };
      }
    },
  };
}
