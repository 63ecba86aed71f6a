import { createHash } from "node:crypto";
import type { Log } from "../../platform/index.ts";
import { type AccountPacer, createAccountPacer } from "./account-pace.ts";
import { createExchangeLoop, type PacedEntry } from "./exchange-loop.ts";
import { createOutageBreaker, type OutageBreaker } from "./outage-breaker.ts";
import type { PaceQuotas, PaceStore } from "./pace-exchange.ts";
import type { PaceRules } from "./pace-rules.ts";
import { sharesOf } from "./pace-shares.ts";
import { type PaceTimers, systemTimers } from "./pace-timers.ts";
import type { AccountPace, PacedAccount } from "./permit.ts";

/** Calls of one account that may be under way at once in one process, when the provider never complains. */
const MOST_CALLS = 128;
/** Accounts that a process remembers although they are quiet. */
const QUIET_ACCOUNTS = 10_000;

/** The pace of all accounts at one provider, in this process and with the others. */
export interface Pacer {
  /** The pace of one account; the same for everybody who asks. */
  of(account: PacedAccount): AccountPace;
  /** Tells the other nodes a last time, and gives back what is held. */
  close(): Promise<void>;
}

export interface PacerParams {
  readonly provider: string;
  readonly rules: PaceRules;
  readonly quotas: PaceQuotas;
  readonly store: PaceStore;
  readonly log?: Log;
  readonly timers?: PaceTimers;
  /** Numbers from 0 to 1; for tests. */
  readonly random?: () => number;
  readonly breaker?: OutageBreaker;
  readonly mostCalls?: number;
}

/**
 * Makes a provider's pacer. Calls spend slices that lie in memory; many times a second, and only while something is
 * going on, the store is asked for new ones for all accounts together. Without the store everybody waits.
 */
export function createPacer(params: PacerParams): Pacer {
  const { provider, rules, quotas, store, log = null } = params;
  const { timers = systemTimers, random = Math.random, mostCalls = MOST_CALLS } = params;
  const breaker = params.breaker ?? createOutageBreaker();
  const [user, project] = [sharesOf(quotas.userUnitsPerMinute), sharesOf(quotas.projectUnitsPerMinute)];
  const counts = quotas.userUnitsPerMinute !== null || quotas.projectUnitsPerMinute !== null;
  const mostUnits = Math.min(user.bulkLimit, project.bulkLimit);
  const accounts = new Map<string, PacedEntry>();
  const loop = createExchangeLoop({ accounts, quotas, store, timers, log });

  function open({ oauthClientId, providerUserId }: PacedAccount): AccountPacer {
    const key = hashOf(provider, oauthClientId, providerUserId);
    const found = accounts.get(key);
    if (found !== undefined) return found.pacer;
    if (accounts.size >= QUIET_ACCOUNTS) forgetQuiet();
    const onNeed = () => loop.plan(key);
    const shape = { key, rules, counts, mostUnits, mostCalls };
    const pacer = createAccountPacer({ ...shape, timers, random, breaker, onNeed });
    accounts.set(key, { pacer, project: hashOf(provider, oauthClientId) });
    return pacer;
  }

  function forgetQuiet(): void {
    for (const [key, { pacer }] of accounts) {
      if (!loop.isActive(key) && pacer.isSpare()) accounts.delete(key);
    }
  }

  return {
    // An account that is quiet may have been forgotten since, so it is looked up for each call.
    of: (account) => ({ acquire: (request, signal) => open(account).acquire(request, signal) }),
    close: () => loop.close(),
  };
}

/** What stands in the tables for an account or a client: nothing that tells who it is. */
function hashOf(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);
}
