import { createHmac } from "node:crypto";
import type { Database } from "../../db/index.ts";
import { type Clock, DrivewayError, type Log } from "../../platform/index.ts";
import { decideRate, WINDOW_MS, windowNumber } from "./decide-rate.ts";
import { exchangeCounts, sweepCounts } from "./exchange-counts.ts";
import type { RateSubject } from "./rate-subject.ts";
import { type CountChange, createWindowCounts } from "./window-counts.ts";

/** How often nodes tell each other what they counted. */
const EXCHANGE_EVERY_MS = 1_000;
/** Keys of each kind that a process remembers; some 300 bytes each. */
const MOST_KEYS = 10_000;
const KEY_BYTES = 16;

/** The limits, each by the name that `RateLimit-Policy` tells. */
type RatePolicy = "requests" | "sign-ins";

/** What a minute may have of each; 0 means no limit. */
export interface RateQuotas {
  readonly requests: number;
  readonly signIns: number;
}

export const DEFAULT_QUOTAS: RateQuotas = { requests: 6000, signIns: 30 };

/** One request that was counted, or refused. */
export interface Admission {
  readonly policy: RatePolicy;
  readonly allowed: boolean;
  readonly quota: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  /** Seconds until the window ends; of a refused request, until it would be admitted. */
  readonly resetSeconds: number;
  /** Whether it is the first of this caller to be refused in the window, by this process. */
  readonly isFirstRefusal: boolean;
  /** Uncounts it. */
  giveBack(): void;
}

/** Counts who asks how often. No call waits for the database. */
export interface RateLimits {
  /** Counts one request if it fits, and says so. Null when there is no limit. */
  take(policy: RatePolicy, subject: RateSubject): Admission | null;
  /** Tells the other nodes, and hears from them, now. It happens every second by itself. Never throws. */
  exchange(): Promise<void>;
  /** Tells a last time, and no more. */
  stop(): Promise<void>;
}

/**
 * Limits that hold over all nodes of a database without asking it for each request: every node counts by itself and
 * exchanges its counts every second, so that over all of them a quota is exceeded by what comes between two exchanges at the
 * most. Without the database each node limits by what it counted and heard last.
 * @param parts.secret keys the hashes under which callers stand in the database; the same on all nodes
 */
export function createRateLimits(parts: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly secret: string;
  readonly quotas: RateQuotas;
  readonly exchangeEveryMs?: number;
  readonly mostKeys?: number;
}): RateLimits {
  const { clock, log, quotas, exchangeEveryMs = EXCHANGE_EVERY_MS, mostKeys = MOST_KEYS } = parts;
  const counts = {
    principal: createWindowCounts(mostKeys),
    address: createWindowCounts(mostKeys),
    account: createWindowCounts(mostKeys),
  };
  const refused = new Set<string>();
  let refusedIn = 0;
  let sweptAt = 0;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let stopped = false;
  /** Whether the database did not answer the last time. */
  let isAlone = false;

  /** Runs only while somebody asks, so an idle process leaves the database alone. */
  function plan(): void {
    if (stopped || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      void exchange();
    }, exchangeEveryMs);
    timer.unref();
  }

  function exchange(): Promise<void> {
    running ??= exchangeOnce().finally(() => {
      running = null;
    });
    return running;
  }

  async function exchangeOnce(): Promise<void> {
    for (const kind of Object.values(counts)) {
      const taken = kind.take();
      if (taken.length > 0) kind.settle(taken, await tell(taken));
    }
    await sweep();
  }

  async function tell(taken: readonly CountChange[]) {
    try {
      const changes = taken.map((change) => ({ ...change, keyHash: hashOf(parts.secret, change.key) }));
      const totals = await exchangeCounts(parts.db, changes);
      isAlone = false;
      return taken.map(({ key, window }, place) => ({ key, window, total: totals[place] ?? 0 }));
    } catch (error) {
      if (!isAlone) log.warn({ err: error }, "rate limits are counted by this process alone for now");
      isAlone = true;
      plan();
      return null;
    }
  }

  /** What is older than the window before counts no more. */
  async function sweep(): Promise<void> {
    const window = windowNumber(clock.now());
    if (window === sweptAt) return;
    sweptAt = window;
    await sweepCounts(parts.db, { beforeWindow: window - 1 }).catch((error: unknown) =>
      log.warn({ err: error }, "old counts of the rate limits could not be removed"),
    );
  }

  function isFirst(key: string, window: number): boolean {
    if (window !== refusedIn || refused.size >= mostKeys) refused.clear();
    refusedIn = window;
    if (refused.has(key)) return false;
    refused.add(key);
    return true;
  }

  return {
    take(policy, subject) {
      const quota = policy === "requests" ? quotas.requests : quotas.signIns;
      if (quota === 0) return null;
      const key = `${policy} ${subject.value}`;
      const nowMs = clock.now();
      const window = windowNumber(nowMs);
      const kind = counts[subject.kind];
      const { allowed, remaining, waitMs, resetMs } = decideRate({ quota, nowMs, ...kind.read(key, window) });
      if (allowed) kind.add(key, window, 1);
      plan();
      return {
        policy,
        allowed,
        quota,
        windowSeconds: WINDOW_MS / 1000,
        remaining,
        resetSeconds: Math.ceil((allowed ? resetMs : waitMs) / 1000),
        isFirstRefusal: !allowed && isFirst(key, window),
        giveBack: () => (allowed ? kind.add(key, window, -1) : undefined),
      };
    },
    exchange,
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
      await exchange();
    },
  };
}

/** A refused request as the API tells it; null stands for no limit. Throws `rate_limited`. */
export function requireAdmission(admission: Admission | null): void {
  if (admission === null || admission.allowed) return;
  const { policy, quota, windowSeconds, resetSeconds } = admission;
  const what = policy === "requests" ? "requests" : "failed attempts to sign in";
  throw new DrivewayError("rate_limited", `Too many ${what}. Come back in ${resetSeconds} seconds.`, {
    details: { policy, limit: quota, window: windowSeconds, retry_after: resetSeconds },
  });
}

function hashOf(secret: string, key: string): Buffer {
  return createHmac("sha256", secret).update(key).digest().subarray(0, KEY_BYTES);
}
