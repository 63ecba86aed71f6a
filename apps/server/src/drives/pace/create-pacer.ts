import { createHash, randomUUID } from "node:crypto";
import type { Log } from "../../platform/index.ts";
import { type AccountPacer, createAccountPacer } from "./account-pace.ts";
import { createOutageBreaker, type OutageBreaker } from "./outage-breaker.ts";
import type { AccountGrant, PaceQuotas, PaceStore } from "./pace-exchange.ts";
import type { PaceRules } from "./pace-rules.ts";
import { sharesOf } from "./pace-shares.ts";
import { type PaceTimers, systemTimers } from "./pace-timers.ts";
import type { AccountPace, PacedAccount } from "./permit.ts";

/** Calls of one account that may be under way at once in one process, when the provider never complains. */
const MOST_CALLS = 128;
/** Accounts that a process remembers although they are quiet. */
const QUIET_ACCOUNTS = 10_000;
const AFTER_FAULT_MS = 1_000;

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
  const { provider, quotas, store, log, timers = systemTimers, random = Math.random } = params;
  const breaker = params.breaker ?? createOutageBreaker();
  const counts = quotas.userUnitsPerMinute !== null || quotas.projectUnitsPerMinute !== null;
  const mostUnits = Math.min(
    sharesOf(quotas.userUnitsPerMinute).bulkLimit,
    sharesOf(quotas.projectUnitsPerMinute).bulkLimit,
  );
  const accounts = new Map<string, { readonly pacer: AccountPacer; readonly project: string }>();
  const active = new Set<string>();
  let holder = randomUUID();
  let timer: { readonly atMs: number; readonly cancel: () => void } | null = null;
  let running: Promise<void> | null = null;
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let isAlone = false;
  let isClosed = false;

  function open(account: PacedAccount): AccountPacer {
    const project = hashOf(provider, account.oauthClientId);
    const key = hashOf(provider, account.oauthClientId, account.providerUserId);
    const found = accounts.get(key);
    if (found !== undefined) return found.pacer;
    if (accounts.size >= QUIET_ACCOUNTS) forgetQuiet();
    const mostCalls = params.mostCalls ?? MOST_CALLS;
    const pacer = createAccountPacer({
      ...{ key, rules: params.rules, counts, mostUnits, mostCalls, timers, random, breaker },
      onNeed: () => plan(key),
    });
    accounts.set(key, { pacer, project });
    return pacer;
  }

  function forgetQuiet(): void {
    for (const [key, { pacer }] of accounts) if (!active.has(key) && pacer.isSpare()) accounts.delete(key);
  }

  function plan(key: string): void {
    if (isClosed) return;
    active.add(key);
    setTimer(accounts.get(key)?.pacer.dueAtMs() ?? Number.POSITIVE_INFINITY);
  }

  function setTimer(dueAtMs: number): void {
    const atMs = Math.max(dueAtMs, notBeforeMs);
    if (running !== null || atMs === Number.POSITIVE_INFINITY || (timer !== null && timer.atMs <= atMs))
      return;
    timer?.cancel();
    const cancel = timers.after(Math.max(0, atMs - timers.now()), () => {
      timer = null;
      void exchange();
    });
    timer = { atMs, cancel };
  }

  function planAll(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const key of active) {
      const dueAtMs = accounts.get(key)?.pacer.dueAtMs() ?? Number.POSITIVE_INFINITY;
      if (dueAtMs === Number.POSITIVE_INFINITY) active.delete(key);
      next = Math.min(next, dueAtMs);
    }
    setTimer(next);
  }

  function exchange(all = false): Promise<void> {
    running ??= exchangeDue(all).finally(() => {
      running = null;
      if (!isClosed) planAll();
    });
    return running;
  }

  async function exchangeDue(all: boolean): Promise<void> {
    const nowMs = timers.now();
    const byProject = new Map<string, AccountPacer[]>();
    for (const key of active) {
      const entry = accounts.get(key);
      if (entry === undefined || (!all && entry.pacer.dueAtMs() > nowMs)) continue;
      byProject.set(entry.project, [...(byProject.get(entry.project) ?? []), entry.pacer]);
    }
    for (const [project, due] of byProject) await exchangeOf(project, due);
  }

  async function exchangeOf(project: string, due: readonly AccountPacer[]): Promise<void> {
    const asks = due.map((pacer) => pacer.ask());
    try {
      const grants = await store.exchange({ holder, project, quotas, accounts: asks });
      isAlone = false;
      for (const [place, pacer] of due.entries()) applyTo(pacer, grants[place]);
    } catch (error) {
      if (!isAlone) log?.warn({ err: error }, "calls to the provider wait: their pace cannot be settled");
      isAlone = true;
      // Whether the answer was lost on its way nobody knows: what was held runs out under the old name.
      holder = randomUUID();
      for (const { pacer } of accounts.values()) pacer.forget();
      notBeforeMs = timers.now() + AFTER_FAULT_MS;
    }
  }

  return {
    // An account that is quiet may have been forgotten since, so it is looked up for each call.
    of: (account) => ({ acquire: (request, signal) => open(account).acquire(request, signal) }),
    async close() {
      isClosed = true;
      timer?.cancel();
      timer = null;
      await running;
      await exchange(true);
    },
  };
}

function applyTo(pacer: AccountPacer, grant: AccountGrant | undefined): void {
  if (grant === undefined) pacer.forget();
  else pacer.apply(grant);
}

/** What stands in the tables for an account or a client: nothing that tells who it is. */
function hashOf(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);
}
