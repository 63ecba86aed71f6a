import { createPacer, type Pacer, type PacerParams } from "../drives/pace/create-pacer.ts";
import { createMemoryPaceStore } from "../drives/pace/memory-pace-store.ts";
import type { PaceQuotas, PaceStore } from "../drives/pace/pace-exchange.ts";
import type { PaceTimers } from "../drives/pace/pace-timers.ts";
import type { DriveWork, PaceOutcome } from "../drives/pace/permit.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

const CLIENT = "a client";
const MINUTE_MS = 60_000;
const RULES = {
  costs: { read: 5, list: 100, download: 200, write: 50, other: 5 },
  slowReasons: ["slow"],
  uploadLimitReasons: ["user"],
} as const;

/** What a test sets up. */
export interface PaceWorldParams {
  readonly quotas: PaceQuotas;
  /** What the provider allows; the quotas when left out. */
  readonly allowed?: PaceQuotas;
  readonly nodes?: number;
  /** How far the clock of each node is from the others'. */
  readonly skewMs?: (node: number) => number;
  /** How long the store takes there and back. */
  readonly storeMs?: () => number;
  /** Whether an answer of the store is lost, although what was asked was done. */
  readonly isLost?: () => boolean;
  /** How long a call takes to the provider. */
  readonly wayMs?: () => number;
  readonly random?: () => number;
  readonly pacer?: Partial<PacerParams>;
}

/** Work of one account on one node. */
export interface PaceJob {
  readonly node?: number;
  readonly account: string;
  /** Of bulk work the units left are those of the calls left. */
  readonly work: DriveWork;
  readonly units?: number;
  /** Calls to make; for ever when left out. */
  readonly calls?: number;
  readonly atOnce?: number;
  readonly callMs?: number;
  readonly isUpload?: boolean;
}

/** What a job has come to. */
export interface PaceProgress {
  calls: number;
  /** Calls that are done, under way or waiting. */
  claimed: number;
  failures: unknown[];
  /** When each call was let go. */
  readonly startedMs: number[];
  endedMs: number | null;
}

/** Nodes with pacers, and a provider that counts exactly. */
export interface PaceWorld {
  readonly time: VirtualTime;
  readonly nodes: readonly Pacer[];
  /** What the provider answers instead of letting a call through; null lets it be counted. */
  refuse: ((call: { account: string; isUpload: boolean }) => PaceOutcome | null) | null;
  /** Calls that the provider refused by its own count, and all. */
  readonly counts: { refused: number; arrived: number };
  /** The most units of any sliding minute, by account and of all together, as they were let go. */
  readonly peaks: Map<string, number>;
  run(job: PaceJob): PaceProgress;
}

export function createPaceWorld(params: PaceWorldParams): PaceWorld {
  const time = createVirtualTime();
  const { quotas, allowed = quotas, wayMs = () => 20, storeMs = () => 2, isLost = () => false } = params;
  const store = slowStore({ store: createMemoryPaceStore(() => time.now()), time, storeMs, isLost });
  const nodes = Array.from({ length: params.nodes ?? 1 }, (_unused, node) => {
    const skewMs = params.skewMs?.(node) ?? 0;
    const timers: PaceTimers = {
      now: () => time.now() + skewMs,
      after: (delayMs, run) => time.after(delayMs, run),
    };
    const random = params.random ?? Math.random;
    return createPacer({ provider: "p", rules: RULES, quotas, store, timers, random, ...params.pacer });
  });
  const sent = new Map<string, Minute>();
  const came = new Map<string, Minute>();
  const peaks = new Map<string, number>();
  const counts = { refused: 0, arrived: 0 };

  function count(account: string, units: number): void {
    for (const name of [account, ALL]) {
      const sum = minuteOf(sent, name).add(units, time.now());
      peaks.set(name, Math.max(peaks.get(name) ?? 0, sum));
    }
  }

  async function callProvider(account: string, units: number, isUpload: boolean): Promise<PaceOutcome> {
    count(account, units);
    await time.sleep(wayMs());
    counts.arrived += 1;
    const refusal = world.refuse?.({ account, isUpload }) ?? null;
    if (refusal !== null) return refusal;
    const [user, all] = [minuteOf(came, account), minuteOf(came, ALL)];
    const isBeyond =
      user.sumAt(time.now()) + units > (allowed.userUnitsPerMinute ?? Number.POSITIVE_INFINITY) ||
      all.sumAt(time.now()) + units > (allowed.projectUnitsPerMinute ?? Number.POSITIVE_INFINITY);
    if (isBeyond) {
      counts.refused += 1;
      return rateAnswer();
    }
    user.add(units, time.now());
    all.add(units, time.now());
    return "ok";
  }

  async function runOne(job: PaceJob, progress: PaceProgress): Promise<void> {
    const { units = 200, account, callMs = 30, isUpload = false } = job;
    const pace = nodes[job.node ?? 0]?.of({ oauthClientId: CLIENT, providerUserId: account });
    if (pace === undefined) throw new RangeError("no such node");
    for (;;) {
      const left = (job.calls ?? Number.POSITIVE_INFINITY) - progress.claimed;
      if (left <= 0) return;
      progress.claimed += 1;
      const isBulk = job.work.kind === "bulk";
      const work: DriveWork = isBulk ? { kind: "bulk", unitsLeft: left * units } : job.work;
      try {
        const permit = await pace.acquire({ units, work, isUpload });
        progress.startedMs.push(time.now());
        const outcome = await callProvider(account, units, isUpload);
        await time.sleep(callMs);
        permit.settle(outcome);
        if (outcome === "ok") progress.calls += 1;
        else progress.claimed -= 1;
      } catch (error) {
        progress.failures.push(error);
        return;
      }
    }
  }

  const world: PaceWorld = {
    time,
    nodes,
    refuse: null,
    counts,
    peaks,
    run(job) {
      const progress: PaceProgress = { calls: 0, claimed: 0, failures: [], startedMs: [], endedMs: null };
      const all = Array.from({ length: job.atOnce ?? 64 }, () => runOne(job, progress));
      void Promise.all(all).then(() => {
        progress.endedMs = time.now();
      });
      return progress;
    },
  };
  return world;
}

export const ALL = "all accounts";

export function rateAnswer(changes: { reason?: string; retryAfterMs?: number | null } = {}): PaceOutcome {
  const facts = { kind: "try_later", reason: "user", status: 403, retryAfterMs: null };
  return { ...facts, rateLimited: true, timedOut: false, ...changes };
}

function slowStore(params: {
  store: PaceStore;
  time: VirtualTime;
  storeMs: () => number;
  isLost: () => boolean;
}): PaceStore {
  const { store, time } = params;
  return {
    async exchange(ask) {
      await time.sleep(params.storeMs() / 2);
      const grants = await store.exchange(ask);
      await time.sleep(params.storeMs() / 2);
      if (params.isLost()) throw new Error("the connection to the store broke");
      return grants;
    },
  };
}

/** Units of the latest sixty seconds, exactly. */
class Minute {
  #entries: [number, number][] = [];
  #first = 0;
  #sum = 0;
  sumAt(nowMs: number): number {
    for (;;) {
      const entry = this.#entries[this.#first];
      if (entry === undefined || entry[0] > nowMs - MINUTE_MS) return this.#sum;
      this.#sum -= entry[1];
      this.#first += 1;
    }
  }
  add(units: number, nowMs: number): number {
    this.#entries.push([nowMs, units]);
    this.#sum += units;
    return this.sumAt(nowMs);
  }
}

function minuteOf(minutes: Map<string, Minute>, name: string): Minute {
  const found = minutes.get(name);
  if (found !== undefined) return found;
  const made = new Minute();
  minutes.set(name, made);
  return made;
}
