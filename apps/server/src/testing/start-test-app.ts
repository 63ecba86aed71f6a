import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type Sandbox, type SandboxOptions } from "@driveway/sandbox";
import { type App, createApp } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import { type Log, systemClock } from "../platform/index.ts";
import { type AskOptions, ask, type Reply } from "./ask.ts";
import { TEST_SCOPES } from "./google-client.ts";
import { newApiKey } from "./make-person.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";
import { testLog } from "./test-log.ts";

export const TEST_ADMIN = { email: "admin@example.com", password: "correct horse battery" } as const;

/** The whole service on a free port with a database, a blob folder and a sandbox of its own. */
export interface TestApp {
  readonly url: string;
  readonly config: Config;
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly app: App;
  /** What tokens are sealed with. */
  readonly encryptionKeys: Parameters<typeof createApp>[0]["encryptionKeys"];
  /** A key of the bootstrap admin with all scopes. */
  readonly apiKey: string;
  /** Asks the API, with that key unless another or none is given. */
  request(method: string, path: string, options?: AskOptions): Promise<Reply>;
  stop(): Promise<void>;
}

/**
 * Starts the service for a test file; stop it in `afterAll`.
 * @param options.beside another one whose database, sandbox and keys it shares, as a second node; stop it first
 */
export async function startTestApp(
  options: {
    environment?: Readonly<Record<string, string>>;
    sandbox?: SandboxOptions;
    beside?: TestApp;
    /** {@link testLog} unless a test reads what is logged. */
    log?: Log;
  } = {},
): Promise<TestApp> {
  const { beside } = options;
  const [database, sandbox, port, dataDir] = await Promise.all([
    beside?.database ?? createTestDatabase(),
    beside?.sandbox ?? createSandbox({ library: "none", ...options.sandbox }),
    freePort(),
    mkdtemp(join(tmpdir(), "driveway-test-")),
  ]);
  const apiKey = beside?.apiKey ?? newApiKey();
  const encryptionKeys = beside?.encryptionKeys ?? ([{ id: "test", secret: randomBytes(32) }] as const);
  const config = readConfig({
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    DATA_DIR: beside?.config.dataDir ?? dataDir,
    GOOGLE_CLIENT_ID: sandbox.clientId,
    GOOGLE_CLIENT_SECRET: sandbox.clientSecret,
    GOOGLE_ISSUER: sandbox.issuer,
    GOOGLE_API_ROOT: sandbox.apiRoot,
    GOOGLE_SCOPES: TEST_SCOPES.join(" "),
    ...options.environment,
  });
  if (config.google === null) throw new Error("the test's own environment took the Google client away");
  const app = await createApp({
    config,
    google: config.google,
    databaseUrl: database.connectionString,
    encryptionKeys,
    version: "0.0.0-test",
    clock: systemClock,
    log: options.log ?? testLog(),
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
    encryptionKeys,
    apiKey,
    request: (method, path, options) => ask({ url, apiKey, method, path, ...options }),
    async stop() {
      await app.stop();
      if (beside === undefined) {
        await sandbox.close();
        await database.drop();
      }
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A port that was free a moment ago; the address must be known before the server listens, since redirects name it. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return address.port;
}
