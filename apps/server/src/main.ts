import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { type App, createApp } from "./app.ts";
import { type Config, type GoogleConfig, readConfig } from "./config.ts";
import { startEmbeddedPostgres } from "./db/index.ts";
import { generatedEncryptionKeys } from "./encryption-keys.ts";
import { type FirstAccount, firstAccount } from "./first-account.ts";
import { createLog, type Log, systemClock } from "./platform/index.ts";
import { startFault } from "./start-fault.ts";
import { type RunningSandbox, startSandbox } from "./start-sandbox.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
/** How long an orderly stop may take before the process leaves anyway. */
const STOP_TIMEOUT_MS = 30_000;

type Stop = () => Promise<void>;

/** Stops what was started, the last first; every part gets its turn whatever the others do. */
async function stopAll(stops: Stop[], log: Log): Promise<void> {
  for (const stop of stops.splice(0).reverse()) {
    await stop().catch((err: unknown) => log.error({ err }, "a part did not stop in order"));
  }
}

/** @param leaving aborted when the process is to stop; nothing more is started then */
async function run(config: Config, log: Log, stops: Stop[], leaving: AbortSignal): Promise<void> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const databaseUrl = config.databaseUrl ?? (await startDatabase(config, log, stops));
  leaving.throwIfAborted();
  const encryptionKeys = config.encryptionKeys ?? (await generatedEncryptionKeys(config.dataDir));
  const sandbox = config.google === null ? await startTrialDrive(config, stops) : null;
  leaving.throwIfAborted();
  const google = config.google ?? sandbox?.google;
  if (google === undefined) throw new Error("neither Google nor the sandbox is there");
  const app = await createApp({
    config,
    google,
    databaseUrl,
    encryptionKeys,
    version,
    clock: systemClock,
    log,
  });
  stops.push(() => app.stop());
  const account = await bootstrap(config, app);
  leaving.throwIfAborted();
  await app.start();
  leaving.throwIfAborted();
  const isApi = config.roles.has("api");
  console.log(
    isApi
      ? welcome(config, account, driveLine(google, sandbox))
      : "Driveway is ready, as a worker without the API.",
  );
}

async function startTrialDrive(config: Config, stops: Stop[]): Promise<RunningSandbox> {
  const sandbox = await startSandbox({ dataDir: config.dataDir, scopes: config.sandboxScopes });
  stops.push(() => sandbox.stop());
  return sandbox;
}

async function startDatabase(config: Config, log: Log, stops: Stop[]): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  stops.push(() => postgres.stop());
  return postgres.connectionString;
}

async function bootstrap(config: Config, app: App): Promise<FirstAccount | null> {
  const account = await firstAccount(config);
  if (account === null) return null;
  const { email, password } = account;
  await app.identity.bootstrap({
    adminEmail: email,
    adminPassword: password,
    apiKey: config.bootstrap.apiKey,
  });
  return account;
}

function welcome(config: Config, account: FirstAccount | null, drive: string): string {
  const lines = [`Driveway is ready at ${config.publicUrl}`, ""];
  if (account !== null) {
    const password = {
      configured: "the configured password",
      now: `password ${account.password}`,
      earlier: `the password in ${account.path}`,
    }[account.origin];
    lines.push(`  sign in   ${account.email}, ${password}`);
  }
  lines.push(`  drive     ${drive}`);
  lines.push(
    `  API       ${config.publicUrl}/docs`,
    `  data      ${config.dataDir}`,
    "",
    "Stop it with Ctrl-C.",
  );
  return lines.join("\n");
}

function driveLine(google: GoogleConfig, sandbox: RunningSandbox | null): string {
  if (sandbox === null) return `Google (${google.issuer})`;
  return `the sandbox, not Google: ${google.issuer} with ${sandbox.accounts.join(" and ")}`;
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel, pretty: process.stderr.isTTY });
  const stops: Stop[] = [];
  const leaving = new AbortController();
  const running = run(config, log, stops, leaving.signal);
  const leave = async (exitCode: number): Promise<void> => {
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    leaving.abort();
    // What is being started now is stopped as well: a database without its process would stay behind.
    await running.catch(() => undefined);
    await stopAll(stops, log);
    process.exit(exitCode);
  };
  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal }, "stopping");
    void leave(0);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.once("uncaughtException", (error) => {
    log.fatal({ err: error }, "a fault that nobody handled; stopping");
    void leave(1);
  });
  try {
    await running;
  } catch (error) {
    if (leaving.signal.aborted) return;
    await stopAll(stops, log);
    throw error;
  }
}

function complain(error: unknown): void {
  console.error(startFault(error) ?? error);
  process.exit(1);
}

await main().catch(complain);
