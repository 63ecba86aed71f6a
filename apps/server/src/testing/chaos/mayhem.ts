import { setTimeout as delay } from "node:timers/promises";
import type { Sandbox } from "@driveway/sandbox";
import type { ChaosOptions } from "./chaos-options.ts";
import type { ChaosPostgres } from "./chaos-postgres.ts";
import type { Fleet } from "./fleet.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** More than the life of an access token, so that every token that is in use is refused from one moment to the next. */
const TOKENS_DIE_SECONDS = 331;
const LOOK_MS = 50;
/** How far the work is when the last worker is killed: between two kills something has to get done. */
const KILLS_END_AT = 0.9;

/** What was done to the processes so far. */
export interface MayhemReport {
  readonly workerKills: number;
  readonly apiKills: number;
  readonly postgresRestarts: number;
}

/** Kills and restarts while the work goes on. */
export interface Mayhem {
  readonly report: MayhemReport;
  /** Runs what must not meet a process of the API or the database on its way down. */
  inPeace<T>(work: () => Promise<T>): Promise<T>;
  /** Ends it; whatever has not happened yet happens no more. Throws what went wrong with it. */
  stop(): Promise<void>;
}

interface Plan {
  readonly at: number;
  readonly act: () => Promise<void>;
}

/**
 * Begins. Workers die at random moments; what happens once does so by how far the work is.
 * @param params.progress from 0 to 1
 */
export function startMayhem(params: {
  readonly options: ChaosOptions;
  readonly random: SeededRandom;
  readonly fleet: Fleet;
  readonly postgres: ChaosPostgres;
  readonly sandbox: Sandbox;
  readonly progress: () => number;
}): Mayhem {
  const { options, random, fleet, postgres, sandbox } = params;
  const counts = { workerKills: 0, apiKills: 0, postgresRestarts: 0 };
  const ending = new AbortController();
  const lane = createLane();
  const restart = (how: "fast" | "immediate") => async () => {
    options.say(`PostgreSQL goes down (${how})`);
    await lane(() => postgres.restart(how));
    counts.postgresRestarts += 1;
  };
  const plans: Plan[] = [
    { at: 0.15, act: restart("fast") },
    {
      at: 0.3,
      act: async () => {
        options.say("a process of the API is killed");
        const wasUp = await lane(() => fleet.replaceApi(0));
        if (wasUp) counts.apiKills += 1;
      },
    },
    { at: 0.45, act: async () => sandbox.clock.advance(TOKENS_DIE_SECONDS * 1000) },
    { at: 0.55, act: restart("immediate") },
  ];
  const workIsAt = async (progress: number): Promise<void> => {
    while (params.progress() < progress && !ending.signal.aborted) await delay(LOOK_MS);
  };
  const killWorkers = async (): Promise<void> => {
    while (counts.workerKills < options.kills) {
      const pauseMs = options.killEveryMs * (0.5 + random.next());
      await delay(pauseMs, undefined, { signal: ending.signal }).catch(() => undefined);
      await workIsAt((counts.workerKills / options.kills) * KILLS_END_AT);
      if (ending.signal.aborted) return;
      const wasUp = await fleet.replaceWorker(random.between(0, fleet.workerCount - 1));
      if (wasUp) counts.workerKills += 1;
    }
  };
  const followPlans = async (): Promise<void> => {
    for (const plan of plans) {
      await workIsAt(plan.at);
      if (ending.signal.aborted) return;
      await plan.act();
    }
  };
  const running = Promise.all([killWorkers(), followPlans()]);
  running.catch(() => ending.abort());
  return {
    report: counts,
    inPeace: (work) => (options.wildOrders ? work() : lane(work)),
    async stop() {
      ending.abort();
      await running;
    },
  };
}

/** One after another. */
function createLane(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
