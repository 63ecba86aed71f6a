import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../../bin/driveway.js", import.meta.url));
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 40_000;
const PASSED_ON = ["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH"];

/** What one process uses of memory. */
export interface ProcessMemory {
  /** Its share of what several use together included. */
  readonly bytes: number;
  /** Without files that are mapped, as the program itself: heaps, buffers, stacks. */
  readonly ownBytes: number;
  readonly threads: number;
}

/** The real program in a process of its own. */
export interface DrivewayProcess {
  readonly pid: number;
  /** Whether it has ended, and not because it was told to. */
  readonly endedByItself: boolean;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Asks it to stop in order, and waits until it is gone. */
  stop(): Promise<void>;
  /** What it uses of memory now; noughts when it is gone. */
  memory(): Promise<ProcessMemory>;
}

/**
 * Starts the service and waits until it says that it is ready.
 * @throws {Error} when it ends before that; its log tells why
 */
export async function startDrivewayProcess(params: {
  readonly environment: Readonly<Record<string, string>>;
  readonly logPath: string;
}): Promise<DrivewayProcess> {
  const child = await spawnDriveway(params, []);
  const end: { wanted: boolean } = { wanted: false };
  const exited = once(child, "exit");
  const process = handleOf(child, exited, end);
  if (await isReady(child)) return process;
  await process.kill();
  throw new Error(`a Driveway did not start; ${params.logPath} knows why`);
}

/** Runs one of the operator's commands to its end. */
export async function runDriveway(params: {
  readonly environment: Readonly<Record<string, string>>;
  readonly logPath: string;
  readonly args: readonly string[];
}): Promise<{ readonly exitCode: number; readonly output: string }> {
  const child = await spawnDriveway(params, params.args);
  let output = "";
  child.stdout?.on("data", (piece: Buffer) => {
    output += piece.toString("utf8");
  });
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode: exitCode ?? 1, output };
}

async function spawnDriveway(
  params: { readonly environment: Readonly<Record<string, string>>; readonly logPath: string },
  args: readonly string[],
): Promise<ChildProcess> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const env = { ...Object.fromEntries(passedOn), ...params.environment };
  const log = await open(params.logPath, "a", 0o600);
  try {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ["ignore", "pipe", log.fd] });
    await once(child, "spawn");
    return child;
  } finally {
    await log.close();
  }
}

function handleOf(child: ChildProcess, exited: Promise<unknown>, end: { wanted: boolean }): DrivewayProcess {
  const pid = child.pid ?? 0;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const endBy = async (signal: NodeJS.Signals): Promise<void> => {
    if (hasEnded()) return;
    end.wanted = true;
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  };
  return {
    pid,
    get endedByItself() {
      return hasEnded() && !end.wanted;
    },
    kill: () => endBy("SIGKILL"),
    stop: () => endBy("SIGTERM"),
    memory: () => memoryOf(pid),
  };
}

async function isReady(child: ChildProcess): Promise<boolean> {
  if (child.stdout === null) throw new TypeError("the output is not read");
  const lines = createInterface({ input: child.stdout });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), START_TIMEOUT_MS);
  lines.on("line", (line) => {
    if (line.startsWith("Driveway is ready")) resolve(true);
  });
  lines.once("close", () => resolve(false));
  return await promise.finally(() => clearTimeout(timer));
}

/** From Linux's own account; other systems have none, and the report then says 0. */
async function memoryOf(pid: number): Promise<ProcessMemory> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
  const [rollup, status] = await Promise.all([read("smaps_rollup"), read("status")]);
  return {
    bytes: Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024,
    ownBytes: Number(/^Pss_Anon:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024,
    threads: Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1] ?? 0),
  };
}
