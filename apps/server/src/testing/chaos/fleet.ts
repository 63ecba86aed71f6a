import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type DrivewayProcess, type ProcessMemory, startDrivewayProcess } from "./driveway-process.ts";
import type { Violations } from "./violations.ts";

const WATCH_MS = 500;
const NO_MEMORY: ProcessMemory = { bytes: 0, ownBytes: 0, threads: 0 };
const START_TRIES = 10;
const START_PAUSE_MS = 1000;

/** One place in the fleet, with whatever process has it now. */
interface Slot {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logPath: string;
  process: DrivewayProcess | null;
}

/** The most memory that all of them used at a moment, and that one of each kind did. */
export interface MemoryPeaks {
  allBytes: number;
  api: ProcessMemory;
  worker: ProcessMemory;
}

/** The processes of one run: two for the API, three for the work. */
export interface Fleet {
  readonly urls: readonly string[];
  readonly logPaths: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workerCount: number;
  readonly peaks: Readonly<MemoryPeaks>;
  /** Kills a process, and begins to start another in its place; false when it is not up. */
  replaceWorker(index: number): Promise<boolean>;
  replaceApi(index: number): Promise<boolean>;
  /** Stops all in order. */
  stop(): Promise<void>;
  /** Ends all at once, whatever they do. */
  kill(): Promise<void>;
}

const larger = (one: ProcessMemory, other: ProcessMemory) => (other.bytes > one.bytes ? other : one);

/** As a supervisor does: a process that starts while the database is away ends, and is started once more. */
async function startPatiently(slot: Slot): Promise<DrivewayProcess> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startDrivewayProcess(slot);
    } catch (error) {
      if (attempt === START_TRIES) throw error;
      await delay(START_PAUSE_MS);
    }
  }
}

/**
 * Starts the fleet. A process that ends without having been told to is a broken promise, and is started again.
 * @param params.environment of every process; ports and roles come on top
 */
export async function startFleet(params: {
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  readonly workerCount: number;
  readonly directory: string;
  readonly violations: Violations;
}): Promise<Fleet> {
  const slotOf = (name: string, own: Record<string, string>): Slot => ({
    name,
    environment: { ...params.environment, ...own },
    logPath: join(params.directory, `${name}.log`),
    process: null,
  });
  const apis = params.ports.map((port, index) =>
    slotOf(`api-${index}`, { ROLES: "api", PORT: String(port) }),
  );
  const workers = Array.from({ length: params.workerCount }, (_, index) =>
    slotOf(`worker-${index}`, { ROLES: "worker", PORT: "0" }),
  );
  const slots = [...apis, ...workers];
  const pending = new Set<Promise<void>>();
  const peaks: MemoryPeaks = { allBytes: 0, api: NO_MEMORY, worker: NO_MEMORY };
  let stopping = false;

  const start = async (slot: Slot): Promise<void> => {
    const started = await startPatiently(slot);
    slot.process = started;
    if (stopping) await started.kill();
  };
  const startLater = (slot: Slot): void => {
    const starting = start(slot)
      .catch((error: unknown) => params.violations.add(`${slot.name}: ${String(error)}`))
      .finally(() => pending.delete(starting));
    pending.add(starting);
  };
  const replace = async (slot: Slot | undefined): Promise<boolean> => {
    const doomed = slot?.process ?? null;
    if (slot === undefined || doomed === null || stopping) return false;
    slot.process = null;
    await doomed.kill();
    startLater(slot);
    return true;
  };
  const watch = async (): Promise<void> => {
    const measure = (kind: readonly Slot[]) =>
      Promise.all(kind.map(async ({ process }) => (await process?.memory()) ?? NO_MEMORY));
    const [ofApis, ofWorkers] = await Promise.all([measure(apis), measure(workers)]);
    const allBytes = [...ofApis, ...ofWorkers].reduce((sum, { bytes }) => sum + bytes, 0);
    peaks.allBytes = Math.max(peaks.allBytes, allBytes);
    peaks.api = [peaks.api, ...ofApis].reduce(larger);
    peaks.worker = [peaks.worker, ...ofWorkers].reduce(larger);
    for (const slot of slots) {
      if (slot.process?.endedByItself !== true || stopping) continue;
      params.violations.add(`${slot.name} ended without having been told to`);
      slot.process = null;
      startLater(slot);
    }
  };
  const watching = setInterval(() => void watch(), WATCH_MS);
  const end = async (how: "stop" | "kill"): Promise<void> => {
    stopping = true;
    clearInterval(watching);
    await Promise.all(slots.map(async ({ process }) => process?.[how]()));
    await Promise.all(pending);
  };
  try {
    await Promise.all(slots.map(start));
  } catch (error) {
    await end("kill");
    throw error;
  }
  return {
    urls: params.ports.map((port) => `http://127.0.0.1:${port}`),
    logPaths: slots.map(({ logPath }) => logPath),
    environment: params.environment,
    workerCount: params.workerCount,
    peaks,
    replaceWorker: (index) => replace(workers[index]),
    replaceApi: (index) => replace(apis[index]),
    stop: () => end("stop"),
    kill: () => end("kill"),
  };
}
