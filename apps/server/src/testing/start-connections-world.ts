import { randomBytes } from "node:crypto";
import { createSandbox, type Sandbox, type SandboxOptions } from "@driveway/sandbox";
import { cloudStorageAuthRoutes } from "../api/cloud-storage-auth/auth-routes.ts";
import { connectionRoutes } from "../api/connections/connection-routes.ts";
import { pickerRoutes } from "../api/picker/picker-routes.ts";
import { type Connections, createConnections } from "../connections/index.ts";
import type { Database } from "../db/index.ts";
import { createGoogleDrive, createProviders, type DriveProvider, type OauthClient } from "../drives/index.ts";
import type { Identity } from "../identity/index.ts";
import { createKeyring, type SealingKey } from "../platform/index.ts";
import type { Queue } from "../queue/index.ts";
import { type AskOptions, ask, type Reply } from "./ask.ts";
import { connectAccount } from "./connect-account.ts";
import { googleClient } from "./google-client.ts";
import { makePerson, type Person } from "./make-person.ts";
import { openQueue } from "./open-queue.ts";
import { APP_ORIGIN, PUBLIC_URL, serveRoutes } from "./serve-routes.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";
import { testLog } from "./test-log.ts";

export const APP_CALLBACK = `${APP_ORIGIN}/callback`;
const PAGE_CALLBACK = `${PUBLIC_URL}/api/v2/cloud-storage/auth/google_drive/callback`;

/** A question of somebody, or of nobody. */
export interface Ask extends Omit<AskOptions, "apiKey"> {
  readonly as?: Person;
}

/** Connections with everything that they work on: database, queue, sandbox, and their routes on a port. */
export interface ConnectionsWorld {
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  /** For the test itself; the parts have one that refuses statements without a tenant. */
  readonly db: Database;
  readonly queue: Queue;
  readonly connections: Connections;
  readonly identity: Identity;
  /** A second process on the same database. */
  readonly otherNode: Connections;
  /** One more process, which differs from the others in what is given. */
  node(changes: Partial<Parameters<typeof createConnections>[0]>): Connections;
  /** The provider's OAuth side itself, without the faults. */
  readonly oauth: OauthClient;
  /** Replaces calls to the provider's OAuth side while a test wants them to fail. */
  readonly oauthFaults: {
    revoke?: OauthClient["revoke"];
    refresh?: OauthClient["refresh"];
    /** What happens between the exchange of a code and the keeping of what came of it. */
    afterExchange?: () => Promise<void>;
  };
  /** Connections whose jobs were to be cancelled. */
  readonly disconnected: string[];
  /** Connections whose jobs were to be stopped, because their grant is dead. */
  readonly ended: string[];
  /** An admin and a member of one workspace, and a stranger's. */
  readonly people: { readonly admin: Person; readonly member: Person; readonly stranger: Person };
  /** Moves the time of Driveway and the sandbox on. */
  advance(ms: number): void;
  now(): number;
  ask(method: string, path: string, options?: Ask): Promise<Reply>;
  /** Connects an account by the programmatic way and returns the connection's id. */
  connect(as: Person, email?: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a world for a test file; stop it in `afterAll`.
 * @param options.keys the sealing keys; a key of its own when left out
 */
export async function startConnectionsWorld(
  options: { readonly sandbox?: SandboxOptions; readonly keys?: readonly [SealingKey, ...SealingKey[]] } = {},
): Promise<ConnectionsWorld> {
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const clock = { now };
  const database = await createTestDatabase();
  const sandbox = await createSandbox({
    library: "none",
    now,
    redirectUris: [PAGE_CALLBACK, APP_CALLBACK],
    ...options.sandbox,
  });
  const opened = await openQueue(database.connectionString);
  const { db, queue } = opened;
  const oauthFaults: ConnectionsWorld["oauthFaults"] = {};
  const google = createGoogleDrive({ ...googleClient(sandbox), clock });
  const providers = createProviders([withFaults(google, oauthFaults)]);
  const disconnected: string[] = [];
  const ended: string[] = [];
  const parts = {
    db,
    keyring: createKeyring(options.keys ?? [{ id: "test", secret: randomBytes(32) }]),
    clock,
    providers,
    queue,
    log: testLog(),
    oauthRedirectUris: [PAGE_CALLBACK, APP_CALLBACK] as const,
    allowedOrigins: [APP_ORIGIN],
    onDisconnect: async (_tx: unknown, { connectionId }: { connectionId: string }) => {
      disconnected.push(connectionId);
    },
    onNeedsReauth: async (_tx: unknown, { connectionId }: { connectionId: string }) => {
      ended.push(connectionId);
    },
    givesPickerTokens: true,
  };
  const connections = createConnections(parts);
  const served = await serveRoutes({
    db,
    clock,
    routes(app) {
      cloudStorageAuthRoutes(app, { connections, publicUrl: PUBLIC_URL });
      connectionRoutes(app, { connections });
      pickerRoutes(app, { connections });
    },
  });
  return {
    sandbox,
    database,
    db: opened.anywhere,
    queue,
    connections,
    identity: served.identity,
    otherNode: createConnections(parts),
    node: (changes) => createConnections({ ...parts, ...changes }),
    oauth: google.oauth,
    oauthFaults,
    disconnected,
    ended,
    people: await makePeople(db),
    now,
    advance: (ms) => {
      aheadMs += ms;
    },
    ask: (method, path, { as, ...options } = {}) =>
      ask({ url: served.url, method, path, apiKey: as?.apiKey ?? null, ...options }),
    connect: ({ principal }, email = "alice@example.com") =>
      connectAccount(connections, { principal, email }),
    async stop() {
      await served.close();
      await opened.close();
      await providers.close();
      await sandbox.close();
      await database.drop();
    },
  };
}

function withFaults(provider: DriveProvider, faults: ConnectionsWorld["oauthFaults"]): DriveProvider {
  const { oauth } = provider;
  return {
    ...provider,
    oauth: {
      ...oauth,
      async exchangeCode(params) {
        const grant = await oauth.exchangeCode(params);
        await faults.afterExchange?.();
        return grant;
      },
      refresh: (token) => faults.refresh?.(token) ?? oauth.refresh(token),
      revoke: (token, signal) => faults.revoke?.(token, signal) ?? oauth.revoke(token, signal),
    },
  };
}

async function makePeople(db: Database): Promise<ConnectionsWorld["people"]> {
  const admin = await makePerson(db);
  const { tenantId } = admin.principal;
  return {
    admin,
    member: await makePerson(db, { tenantId, role: "member" }),
    stranger: await makePerson(db),
  };
}
