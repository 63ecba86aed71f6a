import { decideExchange } from "./decide-exchange.ts";
import type { AccountState, PaceStore, ProjectState } from "./pace-exchange.ts";

/** What the nodes of one process share, while nothing else is at hand. */
export function createMemoryPaceStore(now: () => number): PaceStore {
  const projects = new Map<string, ProjectState>();
  const accounts = new Map<string, AccountState>();
  return {
    async exchange(ask) {
      const states = { project: projects.get(ask.project) ?? null, accounts };
      const decided = decideExchange(states, ask, now());
      projects.set(ask.project, decided.project);
      for (const [place, { key }] of ask.accounts.entries()) {
        const state = decided.accounts[place];
        if (state !== undefined) accounts.set(key, state);
      }
      return decided.grants;
    },
  };
}
