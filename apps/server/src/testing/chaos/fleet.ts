import { join } from "node:path";
import { type DrivewayProcess, startDrivewayProcess } from "./driveway-process.ts";
import type { Violations } from "./violations.ts";

const WATCH_MS = 500;

/** One place in the fleet, with whatever process has it now. */
interface Slot {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logPath: string;
  process: DrivewayProcess | null;
}

/** The processes of one run: two for the API, three for the work. */
export interface Fleet {
  readonly urls: readonly string[];
  readonly logPaths: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workerCount: number;
  readonly peakBytes: number;
  readonly restarts: number;
  /** Kills a process and starts another in its place. */
  replaceWorker(index: number): Promise<void>;
  replaceApi(index: number): Promise<void>;
  /** Stops all in order. */
  stop(): Promise<void>;
  /** Ends all at once, whatever they do. */
  kill(): Promise<void>;
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
  const counts = { peakBytes: 0, restarts: 0 };
  let stopping = false;

  const start = async (slot: Slot): Promise<void> => {
    const started = await startDrivewayProcess(slot);
    slot.process = started;
    if (stopping) await started.kill();
  };
  const replace = async (slot: Slot | undefined): Promise<void> => {
    const doomed = slot?.process ?? null;
    if (slot === undefined || doomed === null) return;
    slot.process = null;
    await doomed.kill();
    counts.restarts += 1;
    if (!stopping) await start(slot);
  };
  const watch = async (): Promise<void> => {
    const running = slots.flatMap(({ process }) => process ?? []);
    const bytes = await Promise.all(running.map((process) => process.residentBytes()));
    counts.peakBytes = Math.max(
      counts.peakBytes,
      bytes.reduce((sum, each) => sum + each, 0),
    );
    for (const slot of slots) {
      if (slot.process?.endedByItself !== true || stopping) continue;
      params.violations.add(`${slot.name} ended without having been told to`);
      slot.process = null;
      await start(slot).catch((error: unknown) => params.violations.add(`${slot.name}: ${String(error)}`));
    }
  };
  const watching = setInterval(() => void watch(), WATCH_MS);
  const end = async (how: "stop" | "kill"): Promise<void> => {
    stopping = true;
    clearInterval(watching);
    await Promise.all(slots.map(async ({ process }) => process?.[how]()));
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
    get peakBytes() {
      return counts.peakBytes;
    },
    get restarts() {
      return counts.restarts;
    },
    replaceWorker: (index) => replace(workers[index]),
    replaceApi: (index) => replace(apis[index]),
    stop: () => end("stop"),
    kill: () => end("kill"),
  };
}
