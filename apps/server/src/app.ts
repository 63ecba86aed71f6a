import { hkdfSync } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ApiServer, buildServer, type RouteParts, registerRoutes } from "./api/index.ts";
import { createDiskBlobStore, createStoreProbe } from "./blobs/index.ts";
import type { Config, GoogleConfig } from "./config.ts";
import { createConnections } from "./connections/index.ts";
import { connectDatabase, createNotifications, migrate } from "./db/index.ts";
import { createDepartures } from "./departures/index.ts";
import { createPaceStore } from "./drives/index.ts";
import { createIdentity, type Identity } from "./identity/index.ts";
import { startSweeping } from "./keeping/index.ts";
import { createLibrary } from "./library/index.ts";
import { openByteMover } from "./open-byte-mover.ts";
import { openProviders } from "./open-providers.ts";
import { type Clock, createKeyring, type Log, type SealingKey } from "./platform/index.ts";
import { createQueue } from "./queue/index.ts";
import { createTransfers } from "./transfers/index.ts";
import { warnOfMissingKeys } from "./warn-of-missing-keys.ts";

const PAGE_DIRECTORY = fileURLToPath(new URL("../../../examples/plain", import.meta.url));
const POOL_SIZE = 20;
/** How long requests that are under way may go on when the process stops; then their connections are cut. */
const CLOSE_TIMEOUT_MS = 5_000;

export interface AppParams {
  readonly config: Config;
  /** The OAuth client and addresses to use: the configured ones, or the sandbox's. */
  readonly google: GoogleConfig;
  readonly databaseUrl: string;
  readonly encryptionKeys: readonly [SealingKey, ...SealingKey[]];
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The whole service of one process, put together and not yet listening. */
export interface App {
  readonly identity: Identity;
  /** Null in a process that only works. */
  readonly server: ApiServer | null;
  /** Starts the roles: listens, and takes work. */
  start(): Promise<void>;
  /** Stops in order: no new requests and no new work, what is under way is given back, then the connections close. */
  stop(): Promise<void>;
}

/** Puts the parts together by plain calls, from the lowest room up. This is the only place that knows all of them. */
export async function createApp(params: AppParams): Promise<App> {
  const opened = new AsyncDisposableStack();
  try {
    return await assemble(params, opened);
  } catch (error) {
    // The embedded database is stopped by the last who leaves it, so nothing may stay connected to it.
    await opened.disposeAsync();
    throw error;
  }
}

/** @param opened takes whatever must be closed, in the order of opening */
async function assemble(params: AppParams, opened: AsyncDisposableStack): Promise<App> {
  const { config, clock, log } = params;
  await migrate({ connectionString: params.databaseUrl, log });
  const database = connectDatabase({
    connectionString: params.databaseUrl,
    poolSize: POOL_SIZE,
    applicationName: "driveway",
    log,
  });
  opened.defer(() => database.close());
  const { db } = database;
  const notifications = createNotifications({ connectionString: params.databaseUrl, log });
  opened.defer(() => notifications.close());
  const queue = await createQueue({ pool: database.pool, notifications, log });
  const blobDirectory = join(config.dataDir, "blobs");
  const blobs = createDiskBlobStore({ directory: blobDirectory });
  const keyring = createKeyring(params.encryptionKeys);
  const identity = createIdentity({
    db,
    clock,
    log,
    sessionSecrets: sessionSecrets(params.encryptionKeys),
    jwt: config.jwt,
    publicUrl: config.publicUrl,
    allowedOrigins: config.allowedOrigins,
    rateQuotas: config.rateQuotas,
  });
  const library = createLibrary({ db, blobs });
  const idleTimeoutMs = config.limits.transferIdleTimeoutMs;
  const providers = openProviders({
    google: params.google,
    clock,
    log,
    idleTimeoutMs,
    quotas: config.googleQuotas,
    paceStore: createPaceStore({ db }),
  });
  opened.defer(() => providers.close());
  const threads = config.transferThreads;
  const bytes = openByteMover({
    threads,
    google: params.google,
    idleTimeoutMs,
    blobDirectory,
    providers,
    blobs,
    log,
  });
  opened.defer(() => bytes.stop());
  const connections = createConnections({
    db,
    keyring,
    clock,
    providers,
    queue,
    log,
    oauthRedirectUris: config.oauthRedirectUris,
    allowedOrigins: config.allowedOrigins,
    onDisconnect: (tx, connection) => transfers.cancelJobsOf(tx, connection),
    onNeedsReauth: (tx, connection) => transfers.stopJobsForReauth(tx, connection),
    givesPickerTokens: config.givesPickerTokens,
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
    clock,
    log,
    limits: config.limits,
    version: params.version,
  });
  const departures = createDepartures({ db, queue, connections, transfers, library, clock, log });
  const isReady = () =>
    database.pool.query("select 1").then(
      () => true,
      () => false,
    );
  const canStore = createStoreProbe(blobs);
  const routes = { ...config, identity, connections, library, transfers, departures, isReady, canStore };
  const server = config.roles.has("api") ? await openEdge(params, routes) : null;
  let lookForKeys = Promise.resolve();
  let stopSweeping = async () => {};
  return {
    identity,
    server,
    async start() {
      // It reads every sealed value and the service runs whatever it finds, so nobody waits for it.
      lookForKeys = warnOfMissingKeys({ queries: database.pool, keyring, log });
      const isWorker = config.roles.has("worker");
      if (isWorker) await blobs.sweepStaging();
      await server?.listen({ host: config.host, port: config.port });
      if (!isWorker) return;
      identity.startWorker(config);
      connections.startWorker();
      transfers.startWorker();
      departures.startWorker();
      const clearStore = async () => (await blobs.sweepStaging()) + (await blobs.sweepFolders());
      stopSweeping = startSweeping({ ...config, db, blobs, clearStore, clock, log });
    },
    async stop() {
      const ends = await Promise.allSettled([
        transfers.stop(),
        closeServer(server),
        queue.stop(),
        stopSweeping(),
      ]);
      await Promise.all([identity.stop(), lookForKeys]);
      await opened.disposeAsync();
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
  };
}

function openEdge({ config, log, version }: AppParams, parts: RouteParts): Promise<ApiServer> {
  const { publicUrl, allowedOrigins, trustedProxies } = config;
  return buildServer({
    log,
    identity: parts.identity,
    publicUrl,
    allowedOrigins,
    trustedProxies,
    version,
    pageDirectory: PAGE_DIRECTORY,
    routes: (api) => registerRoutes(api, parts),
  });
}

/** Lets requests end that are under way, for a while. */
async function closeServer(server: ApiServer | null): Promise<void> {
  const timer = setTimeout(() => server?.server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  await server?.close();
  clearTimeout(timer);
}

/** Every key signs cookies in its turn, so that a new key in front signs nobody out. */
function sessionSecrets([first, ...others]: readonly [SealingKey, ...SealingKey[]]): [string, ...string[]] {
  return [sessionSecret(first), ...others.map(sessionSecret)];
}

/** Sessions are signed with a key of their own, so that a leaked one opens no token (HKDF, RFC 5869). */
function sessionSecret(key: SealingKey): string {
  return Buffer.from(hkdfSync("sha256", key.secret, "", "driveway session cookies", 32)).toString(
    "base64url",
  );
}
