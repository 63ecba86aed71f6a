import { randomBytes } from "node:crypto";
import { approveConsent, createSandbox, type Sandbox } from "@driveway/sandbox";
import { type ApiServer, buildServer } from "../api/index.ts";
import { cloudStorageAuthRoutes } from "../api/cloud-storage-auth/auth-routes.ts";
import { connectionRoutes } from "../api/connections/connection-routes.ts";
import { pickerRoutes } from "../api/picker/picker-routes.ts";
import { type Connections, createConnections } from "../connections/index.ts";
import { apiKeys, connectDatabase, createNotifications, type Database, tenants, users } from "../db/index.ts";
import { createGoogleDrive, createProviders, type DriveProvider, type OauthClient } from "../drives/index.ts";
import { createIdentity, type Principal } from "../identity/index.ts";
import { createKeyring, createLog, hashSecret, newId } from "../platform/index.ts";
import { createQueue, type Queue } from "../queue/index.ts";
import { createTestDatabase } from "./test-database.ts";

export const APP_ORIGIN = "https://app.example.com";
export const APP_CALLBACK = "https://app.example.com/callback";
const PAGE_CALLBACK = "http://localhost:8080/api/v2/cloud-storage/auth/google_drive/callback";
const SCOPES = ["drive.file", "drive.readonly"].map((name) => `https://www.googleapis.com/auth/${name}`);

/** Somebody with a key of their own. */
export interface Person {
  readonly principal: Principal;
  readonly apiKey: string;
}

export interface Ask {
  readonly as?: Person;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Connections with everything that they work on: database, queue, sandbox, and their routes on a port. */
export interface ConnectionsWorld {
  readonly sandbox: Sandbox;
  readonly db: Database;
  readonly queue: Queue;
  readonly connections: Connections;
  /** A second process on the same database. */
  readonly otherNode: Connections;
  /** Replaces calls to the provider's OAuth side while a test wants them to fail. */
  readonly oauthFaults: { revoke?: OauthClient["revoke"]; refresh?: OauthClient["refresh"] };
  /** Connections whose jobs were to be cancelled. */
  readonly disconnected: string[];
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

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: replies are compared by tests, field by field
  readonly body: any;
}

/** Starts a world for a test file; stop it in `afterAll`. */
export async function startConnectionsWorld(): Promise<ConnectionsWorld> {
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const clock = { now };
  const database = await createTestDatabase();
  const sandbox = await createSandbox({ library: "none", now, redirectUris: [PAGE_CALLBACK, APP_CALLBACK] });
  const log = createLog({ level: process.env.TEST_LOG_LEVEL ?? "silent", pretty: false });
  const { connectionString } = database;
  const opened = connectDatabase({ connectionString, poolSize: 10, applicationName: "test", log });
  const notifications = createNotifications({ connectionString, log });
  const queue = await createQueue({ pool: opened.pool, notifications, log });
  const oauthFaults: ConnectionsWorld["oauthFaults"] = {};
  const google = createGoogleDrive({ ...sandbox, scopes: SCOPES, apiKey: "a key", appId: "42", clock });
  const providers = createProviders([withFaults(google, oauthFaults)]);
  const disconnected: string[] = [];
  const parts = {
    db: opened.db,
    keyring: createKeyring([{ id: "test", secret: randomBytes(32) }]),
    clock,
    providers,
    queue,
    log,
    oauthRedirectUris: [PAGE_CALLBACK, APP_CALLBACK] as const,
    allowedOrigins: [APP_ORIGIN],
    onDisconnect: async (_tx: unknown, { connectionId }: { connectionId: string }) => {
      disconnected.push(connectionId);
    },
  };
  const connections = createConnections(parts);
  const { server, url } = await serve(opened.db, clock, connections);
  const people = await makePeople(opened.db);
  return {
    sandbox,
    db: opened.db,
    queue,
    connections,
    otherNode: createConnections(parts),
    oauthFaults,
    disconnected,
    people,
    now,
    advance: (ms) => {
      aheadMs += ms;
    },
    ask: (method, path, options = {}) => ask(`${url}${path}`, method, options),
    connect: (as, email) => connect(connections, as, email),
    async stop() {
      await server.close();
      await queue.stop();
      await notifications.close();
      await providers.close();
      await opened.close();
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
      refresh: (token) => faults.refresh?.(token) ?? oauth.refresh(token),
      revoke: (token, signal) => faults.revoke?.(token, signal) ?? oauth.revoke(token, signal),
    },
  };
}

async function serve(db: Database, clock: { now(): number }, connections: Connections) {
  const log = createLog({ level: "silent", pretty: false });
  const publicUrl = "http://localhost:8080";
  const allowedOrigins = [APP_ORIGIN];
  const sessionSecret = randomBytes(32).toString("hex");
  const server: ApiServer = await buildServer({
    log,
    identity: createIdentity({ db, clock, sessionSecret, publicUrl, allowedOrigins, log }),
    publicUrl,
    allowedOrigins,
    trustedProxies: [],
    version: "test",
    pageDirectory: import.meta.dirname,
    routes(app) {
      cloudStorageAuthRoutes(app, { connections, publicUrl });
      connectionRoutes(app, { connections });
      pickerRoutes(app, { connections });
    },
  });
  return { server, url: await server.listen({ host: "127.0.0.1", port: 0 }) };
}

async function makePeople(db: Database): Promise<ConnectionsWorld["people"]> {
  const [ours, theirs] = [newId("ten"), newId("ten")];
  await db.insert(tenants).values([ours, theirs].map((id) => ({ id, name: "A workspace" })));
  return {
    admin: await makePerson(db, ours, "admin"),
    member: await makePerson(db, ours, "member"),
    stranger: await makePerson(db, theirs, "admin"),
  };
}

async function makePerson(db: Database, tenantId: string, role: "admin" | "member"): Promise<Person> {
  const userId = newId("usr");
  const scope = role === "admin" ? ("admin" as const) : ("write" as const);
  const apiKey = `test_${randomBytes(24).toString("base64url")}`;
  await db.insert(users).values({ id: userId, tenantId, displayName: "A person", role });
  await db.insert(apiKeys).values({
    id: newId("key"),
    tenantId,
    userId,
    name: "test",
    prefix: "test_",
    secretSha256: hashSecret(apiKey),
    scopes: [scope],
  });
  return { apiKey, principal: { kind: "api_key", tenantId, userId, scopes: new Set([scope]) } };
}

async function connect(connections: Connections, as: Person, email = "alice@example.com"): Promise<string> {
  const { principal } = as;
  const provider = "google_drive";
  const begun = await connections.startAttempt({
    principal,
    provider,
    redirectUri: null,
    origin: null,
    browserId: null,
  });
  const back = await approveConsent({ authorizationUrl: begun.authorizationUrl, email });
  const code = back.searchParams.get("code") ?? "";
  const wanted = { principal, provider, state: begun.state, code, redirectUri: null };
  return (await connections.finishForPrincipal(wanted)).connection.id;
}

async function ask(url: string, method: string, options: Ask): Promise<Reply> {
  const headers = new Headers(options.headers);
  if (options.as !== undefined) headers.set("authorization", `Bearer ${options.as.apiKey}`);
  if (options.body !== undefined) headers.set("content-type", "application/json");
  const body = options.body === undefined ? null : JSON.stringify(options.body);
  const response = await fetch(url, { method, headers, body, redirect: "manual" });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
}
