import { randomUUID } from "node:crypto";
import type { Log } from "../../platform/index.ts";
import type { AccountPacer } from "./account-pace.ts";
import type { AccountGrant, PaceQuotas, PaceStore } from "./pace-exchange.ts";
import type { PaceTimers } from "./pace-timers.ts";

const AFTER_FAULT_MS = 1_000;

/** An account with the name of the OAuth client that it is counted with. */
export interface PacedEntry {
  readonly pacer: AccountPacer;
  readonly project: string;
}

/** The talk with the store, for all accounts of a process together. */
export interface ExchangeLoop {
  /** An account may have to ask. */
  plan(key: string): void;
  isActive(key: string): boolean;
  /** Tells a last time, and no more. */
  close(): Promise<void>;
}

/** @param params.accounts by their names among nodes */
export function createExchangeLoop(params: {
  readonly accounts: ReadonlyMap<string, PacedEntry>;
  readonly quotas: PaceQuotas;
  readonly store: PaceStore;
  readonly timers: PaceTimers;
  readonly log: Log | null;
}): ExchangeLoop {
  const { accounts, quotas, store, timers, log } = params;
  const active = new Set<string>();
  let holder = randomUUID();
  let timer: { readonly atMs: number; readonly cancel: () => void } | null = null;
  let running: Promise<void> | null = null;
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let isAlone = false;
  let isClosed = false;

  const dueAtMs = (key: string) => accounts.get(key)?.pacer.dueAtMs() ?? Number.POSITIVE_INFINITY;

  function setTimer(dueMs: number): void {
    const atMs = Math.max(dueMs, notBeforeMs);
    const isPlanned = timer !== null && timer.atMs <= atMs;
    if (running !== null || isPlanned || atMs === Number.POSITIVE_INFINITY) return;
    timer?.cancel();
    const cancel = timers.after(Math.max(0, atMs - timers.now()), () => {
      timer = null;
      void exchange();
    });
    timer = { atMs, cancel };
  }

  function planAll(): void {
    for (const key of active) if (dueAtMs(key) === Number.POSITIVE_INFINITY) active.delete(key);
    setTimer(Math.min(...[...active].map(dueAtMs)));
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
    const due = [...active].filter((key) => all || dueAtMs(key) <= nowMs);
    const entries = due.map((key) => accounts.get(key)).filter((entry) => entry !== undefined);
    for (const [project, of] of Map.groupBy(entries, (entry) => entry.project)) {
      await exchangeOf(
        project,
        of.map(({ pacer }) => pacer),
      );
    }
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
    plan(key) {
      if (isClosed) return;
      active.add(key);
      setTimer(dueAtMs(key));
    },
    isActive: (key) => active.has(key),
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
