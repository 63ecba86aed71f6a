import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";

const PROGRAM = fileURLToPath(new URL("../../../apps/server/bin/driveway.js", import.meta.url));
const SCOPES =
  "openid email profile https://www.googleapis.com/auth/drive.file https://www.googleapis.com/auth/drive.readonly";
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 30_000;
/** What a program needs of its surroundings; the settings of another Driveway in the same shell are not passed on. */
const PASSED_ON = ["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "TEMP", "SystemRoot", "LD_LIBRARY_PATH"];
const READY = /^Driveway is ready(?: at (\S+))?/;

/** The Google that the server talks to; a running sandbox fits. */
export interface GoogleAddress {
  readonly issuer: string;
  readonly apiRoot: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface DrivewayParams {
  /** Null for the sandbox that the server starts by itself. */
  readonly google: GoogleAddress | null;
  /** An empty folder of this server alone: its database, its pictures, its log. */
  readonly directory: string;
  readonly account: { readonly email: string; readonly password: string };
  /** 32 characters or more. */
  readonly apiKey: string;
  /** Further settings of the server, by their names. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface RunningDriveway {
  /** Scheme, host and port, without a slash at the end; empty for a process without the API. */
  readonly url: string;
  /** The server leads a process group of its own, with this number. */
  readonly processGroup: number;
  /** Asks the server to stop in order and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the real server as an operator would, in a process of its own on a free port of loopback, and waits until it
 * says that it is ready.
 * @throws Error with the end of the server's log when it stops, or is not ready within 90 s
 */
export async function startDriveway(params: DrivewayParams): Promise<RunningDriveway> {
  params.signal?.throwIfAborted();
  const logPath = join(params.directory, "driveway.log");
  const child = await spawnServer(params, logPath);
  const url = await announcedUrl(child, params.signal);
  if (url !== null) return { url, processGroup: child.pid ?? 0, stop: () => stopServer(child) };
  await stopServer(child);
  params.signal?.throwIfAborted();
  const log = await readFile(logPath, "utf8");
  throw new Error(`Driveway did not start. The end of its log:\n${log.slice(-4000)}`);
}

/** The server is not in our process group: Ctrl-C in the terminal is ours, and the server is asked to stop once. */
async function spawnServer(params: DrivewayParams, logPath: string): Promise<ChildProcess> {
  const env = await environment(params);
  const log = await open(logPath, "a", 0o600);
  try {
    const stdio = ["ignore", "pipe", log.fd] as const;
    const child = spawn(process.execPath, [PROGRAM], {
      env,
      stdio: [...stdio],
      detached: true,
      windowsHide: true,
    });
    await once(child, "spawn");
    return child;
  } finally {
    await log.close();
  }
}

async function environment({
  google,
  directory,
  account,
  apiKey,
  settings,
}: DrivewayParams): Promise<NodeJS.ProcessEnv> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(passedOn),
    PORT: String(await freePort()),
    HOST: "127.0.0.1",
    DATA_DIR: join(directory, "data"),
    LOG_LEVEL: "warn",
    ...(google === null ? {} : googleSettings(google)),
    BOOTSTRAP_ADMIN_EMAIL: account.email,
    BOOTSTRAP_ADMIN_PASSWORD: account.password,
    BOOTSTRAP_API_KEY: apiKey,
    ...settings,
  };
}

function googleSettings(google: GoogleAddress): Record<string, string> {
  return {
    GOOGLE_CLIENT_ID: google.clientId,
    GOOGLE_CLIENT_SECRET: google.clientSecret,
    GOOGLE_ISSUER: google.issuer,
    GOOGLE_API_ROOT: google.apiRoot,
    GOOGLE_SCOPES: SCOPES,
  };
}

/** Null when the output ended, the time was up, or the wait was called off before the server was ready. */
async function announcedUrl(child: ChildProcess, signal: AbortSignal | undefined): Promise<string | null> {
  if (child.stdout === null) throw new TypeError("The server's output is not read");
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  const lines = createInterface({
    input: child.stdout,
    signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
  });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  lines.on("line", (line) => {
    const ready = READY.exec(line);
    if (ready !== null) resolve(ready[1] ?? "");
  });
  lines.once("close", () => resolve(null));
  return await promise;
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(force);
}
