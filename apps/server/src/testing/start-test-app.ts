import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type Sandbox, type SandboxOptions } from "@driveway/sandbox";
import { type App, createApp } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import { createLog, systemClock } from "../platform/index.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

export const TEST_ADMIN = { email: "admin@example.com", password: "correct horse battery" } as const;

/** The whole service on a free port with a database, a blob folder and a sandbox of its own. */
export interface TestApp {
  readonly url: string;
  readonly config: Config;
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly app: App;
  /** A key of the bootstrap admin with all scopes. */
  readonly apiKey: string;
  /** Asks the API with that key, unless the headers say otherwise. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  stop(): Promise<void>;
}

interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another key, or null to send none. */
  readonly apiKey?: string | null;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON, or the text when it is none. Tests compare it, so its shape is theirs to name. */
  // biome-ignore lint/suspicious/noExplicitAny: replies are compared by tests, field by field
  readonly body: any;
}

/** Starts the service for a test file; stop it in `afterAll`. */
export async function startTestApp(
  options: { environment?: Readonly<Record<string, string>>; sandbox?: SandboxOptions } = {},
): Promise<TestApp> {
  const [database, sandbox, port, dataDir] = await Promise.all([
    createTestDatabase(),
    createSandbox({ library: "none", ...options.sandbox }),
    freePort(),
    mkdtemp(join(tmpdir(), "driveway-test-")),
  ]);
  const apiKey = `test_${randomBytes(24).toString("base64url")}`;
  const config = readConfig({
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    DATA_DIR: dataDir,
    GOOGLE_CLIENT_ID: sandbox.clientId,
    GOOGLE_CLIENT_SECRET: sandbox.clientSecret,
    GOOGLE_ISSUER: sandbox.issuer,
    GOOGLE_API_ROOT: sandbox.apiRoot,
    GOOGLE_SCOPES:
      "openid email profile https://www.googleapis.com/auth/drive.file https://www.googleapis.com/auth/drive.readonly",
    ...options.environment,
  });
  if (config.google === null) throw new Error("the test's own environment took the Google client away");
  const app = await createApp({
    config,
    google: config.google,
    databaseUrl: database.connectionString,
    encryptionKeys: [{ id: "test", secret: randomBytes(32) }],
    version: "0.0.0-test",
    clock: systemClock,
    log: createLog({ level: process.env.TEST_LOG_LEVEL ?? "silent", pretty: false }),
  });
  await app.identity.bootstrap({ adminEmail: TEST_ADMIN.email, adminPassword: TEST_ADMIN.password, apiKey });
  await app.start();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    config,
    sandbox,
    database,
    app,
    apiKey,
    request: (method, path, request) => ask({ url, apiKey, method, path, ...request }),
    async stop() {
      await app.stop();
      await sandbox.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function ask(params: { url: string; method: string; path: string } & RequestOptions): Promise<Answer> {
  const headers = new Headers(params.headers);
  if (typeof params.apiKey === "string") headers.set("authorization", `Bearer ${params.apiKey}`);
  const hasBody = params.body !== undefined;
  if (hasBody && !headers.has("content-type")) headers.set("content-type", "application/json");
  const body = typeof params.body === "string" ? params.body : JSON.stringify(params.body);
  const response = await fetch(`${params.url}${params.path}`, {
    method: params.method,
    headers,
    redirect: "manual",
    ...(hasBody ? { body } : {}),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** A port that was free a moment ago; the address must be known before the server listens, since redirects name it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return address.port;
}
