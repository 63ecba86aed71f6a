import { type BlobStore, createDiskBlobStore } from "../blobs/index.ts";
import { type Connections, createConnections } from "../connections/index.ts";
import type { Database } from "../db/index.ts";
import { createDepartures, type Departures } from "../departures/index.ts";
import { createPaceStore, type Drive, type Providers } from "../drives/index.ts";
import { createLibrary, type Library } from "../library/index.ts";
import { openByteMover } from "../open-byte-mover.ts";
import { openProviders } from "../open-providers.ts";
import { createKeyring, systemClock } from "../platform/index.ts";
import type { Queue } from "../queue/index.ts";
import { createTransfers, type Transfers } from "../transfers/index.ts";
import { googleClient, type SandboxAddress } from "./google-client.ts";
import { openQueue } from "./open-queue.ts";
import type { TransferWorld } from "./start-transfer-world.ts";
import { testLog } from "./test-log.ts";

const CALLBACK = "http://localhost/callback";

export const TEST_LIMITS: Transfers["limits"] = {
  syncMaxFiles: 5,
  syncMaxBytes: 32 * 1024 * 1024,
  syncWaitMs: 20_000,
  maxFileBytes: 1024 * 1024 * 1024,
  maxFilesPerJob: 100_000,
  storageQuotaBytes: 0,
  maxOpenJobs: 1000,
  maxOpenFiles: 1_000_000,
  transferConcurrency: 64,
  transferBytesInFlight: 1024 * 1024 * 1024,
  connectionConcurrency: 64,
  tenantConcurrency: 256,
  transferIdleTimeoutMs: 20_000,
};

/** One process's parts, without HTTP. */
export interface TransferProcess {
  /** For the test itself; the parts have one that refuses statements without a tenant. */
  readonly db: Database;
  readonly connections: Connections;
  readonly library: Library;
  readonly blobs: BlobStore;
  readonly transfers: Transfers;
  readonly departures: Departures;
  /** The queue, for tests that write in a worker's place. */
  readonly queue: Queue;
  stop(): Promise<void>;
}

/**
 * Puts one process together. It takes no work before `transfers.startWorker()`.
 * @param params.threads threads that move bytes; one when left out
 * @param params.aroundDrive stands between the transfers and every Drive that is opened in this thread; with `threads: 0` the
 *   Drives of the bytes too
 * @param params.apiRoot where Drive v3 is asked; the sandbox itself when left out
 */
export async function startTransferProcess(
  world: Pick<TransferWorld, "blobDirectory" | "sealingKey"> & {
    readonly sandbox: SandboxAddress;
    readonly database: Pick<TransferWorld["database"], "connectionString">;
  },
  params: {
    readonly limits?: Partial<Transfers["limits"]>;
    readonly apiRoot?: string;
    readonly threads?: number;
    readonly aroundDrive?: (drive: Drive) => Drive;
  } = {},
): Promise<TransferProcess> {
  const log = testLog();
  const opened = await openQueue(world.database.connectionString);
  const { db, notifications, queue } = opened;
  const blobs = createDiskBlobStore({ directory: world.blobDirectory });
  const library = createLibrary({ db, blobs });
  const { apiRoot = world.sandbox.apiRoot } = params;
  const keyring = createKeyring([{ id: "test", secret: world.sealingKey }]);
  const limits = { ...TEST_LIMITS, ...params.limits };
  const idleTimeoutMs = limits.transferIdleTimeoutMs;
  const google = googleClient({ ...world.sandbox, apiRoot });
  const paceStore = createPaceStore({ db });
  const opening = openProviders({ google, clock: systemClock, idleTimeoutMs, paceStore });
  const providers = params.aroundDrive === undefined ? opening : around(opening, params.aroundDrive);
  const { blobDirectory } = world;
  const { threads = 1 } = params;
  const bytes = openByteMover({ threads, google, idleTimeoutMs, blobDirectory, providers, blobs, log });
  const connections = createConnections({
    db,
    keyring,
    clock: systemClock,
    providers,
    queue,
    log,
    oauthRedirectUris: [CALLBACK],
    allowedOrigins: [],
    onDisconnect: (tx, connection) => transfers.cancelJobsOf(tx, connection),
    onNeedsReauth: (tx, connection) => transfers.stopJobsForReauth(tx, connection),
    givesPickerTokens: true,
  });
  const transfers = createTransfers({
    db,
    queue,
    notifications,
    connections,
    library,
    blobs,
    keyring,
    bytes,
    clock: systemClock,
    log,
    limits,
    version: "0.0.0-test",
  });
  const departures = createDepartures({
    db,
    queue,
    connections,
    transfers,
    library,
    clock: systemClock,
    log,
  });
  return {
    db: opened.anywhere,
    connections,
    library,
    blobs,
    transfers,
    departures,
    queue,
    async stop() {
      await transfers.stop();
      await opened.close();
      await bytes.stop();
      await providers.close();
    },
  };
}

function around(providers: Providers, aroundDrive: (drive: Drive) => Drive): Providers {
  return {
    ...providers,
    get(id) {
      const provider = providers.get(id);
      if (provider === null) return null;
      return { ...provider, openDrive: (...args) => aroundDrive(provider.openDrive(...args)) };
    },
  };
}
