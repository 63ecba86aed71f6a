import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { approveConsent, createSandbox, type Sandbox } from "@driveway/sandbox";
import { createDiskBlobStore } from "../blobs/index.ts";
import { type Connections, createConnections } from "../connections/index.ts";
import { connectDatabase, createNotifications, type Database, tenants, users } from "../db/index.ts";
import { createGoogleDrive, createProviders } from "../drives/index.ts";
import type { Principal } from "../identity/index.ts";
import { createLibrary, type Library } from "../library/index.ts";
import { createKeyring, createLog, newId, systemClock } from "../platform/index.ts";
import { createQueue } from "../queue/index.ts";
import { createTransfers, type Transfers } from "../transfers/index.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const CALLBACK = "http://localhost/callback";
const SCOPES = [
  "openid",
  "email",
  "profile",
  "https://www.googleapis.com/auth/drive.file",
  "https://www.googleapis.com/auth/drive.readonly",
];

export const TEST_LIMITS: Transfers["limits"] = {
  syncMaxFiles: 5,
  syncMaxBytes: 32 * 1024 * 1024,
  syncWaitMs: 20_000,
  maxFileBytes: 1024 * 1024 * 1024,
  maxFilesPerJob: 100_000,
  transferConcurrency: 64,
  connectionConcurrency: 64,
  tenantConcurrency: 256,
  transferIdleTimeoutMs: 20_000,
};

/** What the processes of one test share. */
export interface TransferWorld {
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly blobDirectory: string;
  readonly sealingKey: Buffer;
  stop(): Promise<void>;
}

/** One process's parts, without HTTP. */
export interface TransferProcess {
  readonly db: Database;
  readonly connections: Connections;
  readonly library: Library;
  readonly transfers: Transfers;
  stop(): Promise<void>;
}

/** Starts a sandbox with empty drives and makes a database and a blob folder. */
export async function startTransferWorld(): Promise<TransferWorld> {
  const [database, sandbox, blobDirectory] = await Promise.all([
    createTestDatabase(),
    createSandbox({ library: "none" }),
    mkdtemp(join(tmpdir(), "driveway-transfers-")),
  ]);
  return {
    database,
    sandbox,
    blobDirectory,
    sealingKey: randomBytes(32),
    async stop() {
      await sandbox.close();
      await database.drop();
      await rm(blobDirectory, { recursive: true, force: true });
    },
  };
}

/**
 * Puts one process together. It takes no work before `transfers.startWorker()`.
 * @param params.apiRoot where Drive v3 is asked; the sandbox itself when left out
 */
export async function startTransferProcess(
  world: Pick<TransferWorld, "blobDirectory" | "sealingKey"> & {
    readonly sandbox: Pick<Sandbox, "clientId" | "clientSecret" | "issuer" | "apiRoot">;
    readonly database: Pick<TestDatabase, "connectionString">;
  },
  params: { readonly limits?: Partial<Transfers["limits"]>; readonly apiRoot?: string } = {},
): Promise<TransferProcess> {
  const log = createLog({ level: process.env.TEST_LOG_LEVEL ?? "silent", pretty: false });
  const { connectionString } = world.database;
  const database = connectDatabase({ connectionString, poolSize: 10, applicationName: "test", log });
  const { db } = database;
  const notifications = createNotifications({ connectionString, log });
  const queue = await createQueue({ pool: database.pool, notifications, log });
  const blobs = createDiskBlobStore({ directory: world.blobDirectory });
  const library = createLibrary({ db, blobs });
  const google = createGoogleDrive({
    clientId: world.sandbox.clientId,
    clientSecret: world.sandbox.clientSecret,
    issuer: world.sandbox.issuer,
    apiRoot: params.apiRoot ?? world.sandbox.apiRoot,
    scopes: SCOPES,
    apiKey: "",
    appId: "",
    clock: systemClock,
  });
  const providers = createProviders([google]);
  const connections = createConnections({
    db,
    keyring: createKeyring([{ id: "test", secret: world.sealingKey }]),
    clock: systemClock,
    providers,
    queue,
    log,
    oauthRedirectUris: [CALLBACK],
    allowedOrigins: [],
    onDisconnect: (tx, connection) => transfers.cancelJobsOf(tx, connection),
  });
  const transfers = createTransfers({
    db,
    queue,
    notifications,
    connections,
    library,
    blobs,
    clock: systemClock,
    log,
    limits: { ...TEST_LIMITS, ...params.limits },
  });
  return {
    db,
    connections,
    library,
    transfers,
    async stop() {
      await queue.stop({ graceMs: 0 });
      await notifications.close();
      await providers.close();
      await database.close();
    },
  };
}

/** A worker in an operating system process of its own. */
export interface WorkerProcess {
  /** Ends it as a crash would, with no chance to clean up. */
  kill(): Promise<void>;
}

/** Starts a worker in a process of its own; it takes chunks when this returns. */
export async function spawnTransferWorker(world: TransferWorld): Promise<WorkerProcess> {
  const { clientId, clientSecret, issuer, apiRoot } = world.sandbox;
  const told = {
    blobDirectory: world.blobDirectory,
    sealingKey: world.sealingKey.toString("base64"),
    sandbox: { clientId, clientSecret, issuer, apiRoot },
    database: { connectionString: world.database.connectionString },
  };
  const script = fileURLToPath(new URL("transfer-worker.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(told)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  await Promise.race([
    once(child.stdout, "data"),
    exited.then(() => {
      throw new Error("the worker ended before it began");
    }),
  ]);
  return {
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Makes a user; in a tenant of their own unless one is named. */
export async function addUser(db: Database, inTenant: string | null = null): Promise<Principal> {
  const tenantId = inTenant ?? newId("ten");
  const userId = newId("usr");
  if (inTenant === null) await db.insert(tenants).values({ id: tenantId, name: "Test" });
  await db.insert(users).values({ id: userId, tenantId, displayName: "Test", role: "admin" });
  return { kind: "session", tenantId, userId, scopes: new Set(["admin"]) };
}

/** Connects an account of the sandbox, by its consent page. Returns the connection's id. */
export async function connectAccount(
  connections: Connections,
  params: { readonly principal: Principal; readonly email: string },
): Promise<string> {
  const { principal, email } = params;
  const provider = "google_drive";
  const attempt = await connections.startAttempt({
    principal,
    provider,
    redirectUri: null,
    origin: null,
    browserId: null,
  });
  const redirect = await approveConsent({ authorizationUrl: attempt.authorizationUrl, email });
  const { connection } = await connections.finishForPrincipal({
    principal,
    provider,
    state: attempt.state,
    code: redirect.searchParams.get("code") ?? "",
    redirectUri: null,
  });
  return connection.id;
}
