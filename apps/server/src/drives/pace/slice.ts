import type { AccountAsk, AccountGrant, ByPool } from "./pace-exchange.ts";
import { SLICE_MS } from "./decide-exchange.ts";
import type { Turn } from "./waiting-calls.ts";

/** What a node may spend for one account without asking. */
export interface Slice {
  /** Spends units; false when there are not enough. Unused time runs out. */
  draw(turn: Turn, units: number, nowMs: number): boolean;
  /** Units that were drawn and not used. */
  putBack(turn: Turn, units: number): void;
  /** False when the node has to ask before anything may be spent. */
  isGood(nowMs: number): boolean;
  /** What a bulk piece of work may need to its end, to hurry. */
  readonly room: number;
  /** What is to be told and asked; the account is told of once. */
  ask(needs: Needs, nowMs: number): SliceAsk;
  /** Takes the answer to a question that was asked then. */
  apply(grant: AccountGrant, askedAtMs: number): void;
  /** The answer was lost: nothing is held any more. */
  forget(): void;
  /** Whether there is something to tell or to give back. */
  isOpen(): boolean;
}

/** Units that calls wait for, as many as can go soon. */
interface Needs {
  readonly quick: number;
  readonly burst: number;
  readonly burstLeft: number;
  readonly bulk: number;
  /** Nothing waits and nothing is under way. */
  readonly isIdle: boolean;
}

type SliceAsk = Pick<AccountAsk, "spent" | "returned" | "quick" | "burst" | "burstLeft" | "bulk">;
type Pool = keyof ByPool;
const POOLS: readonly Pool[] = ["quick", "burst", "bulk"];

/** @param counts false when no units are counted, and calls only hear of pauses */
export function createSlice(counts: boolean): Slice {
  const held = { quick: 0, burst: 0, bulk: 0 };
  /** Drawn since the last question, to foresee what the next will need. */
  const recent = { quick: 0, burst: 0, bulk: 0 };
  let goodUntilMs = Number.NEGATIVE_INFINITY;
  let spent = 0;
  let lapsed: Record<Pool, number> = { quick: 0, burst: 0, bulk: 0 };
  let burstLeft = 0;
  let room = Number.MAX_SAFE_INTEGER;

  function lapse(nowMs: number): void {
    if (nowMs < goodUntilMs) return;
    for (const pool of POOLS) {
      lapsed[pool] += held[pool];
      held[pool] = 0;
    }
  }

  function drawFrom(pool: Pool, units: number): boolean {
    if (held[pool] < units) return false;
    held[pool] -= units;
    recent[pool] += units;
    spent += units;
    return true;
  }

  function wantOf(pool: Pool, waiting: number, isIdle: boolean): number {
    const wanted = isIdle ? 0 : waiting + recent[pool];
    recent[pool] = 0;
    const missing = Math.ceil(wanted - held[pool]);
    if (missing >= 0) return missing;
    held[pool] += missing;
    lapsed[pool] -= missing;
    return 0;
  }

  return {
    get room() {
      return room;
    },
    isGood: (nowMs) => nowMs < goodUntilMs,
    draw(turn, units, nowMs) {
      lapse(nowMs);
      if (!counts) return nowMs < goodUntilMs;
      return drawFrom(poolOf(turn), units);
    },
    putBack(turn, units) {
      if (!counts) return;
      const pool = poolOf(turn);
      const undone = Math.min(units, spent);
      spent -= undone;
      held[pool] += undone;
    },
    ask(needs, nowMs) {
      lapse(nowMs);
      if (needs.burst > 0) ({ burstLeft } = needs);
      const quick = wantOf("quick", needs.quick, needs.isIdle);
      const burst = Math.min(wantOf("burst", needs.burst * 2, needs.isIdle), burstLeft);
      const bulk = wantOf("bulk", needs.bulk, needs.isIdle);
      const told = { spent, returned: lapsed, quick, burst, burstLeft, bulk };
      spent = 0;
      lapsed = { quick: 0, burst: 0, bulk: 0 };
      return told;
    },
    apply(grant, askedAtMs) {
      if (!grant.kept) for (const pool of POOLS) held[pool] = 0;
      for (const pool of POOLS) held[pool] += grant[pool];
      goodUntilMs = askedAtMs + SLICE_MS;
      ({ room } = grant);
    },
    forget() {
      for (const pool of POOLS) held[pool] = 0;
      spent = 0;
      lapsed = { quick: 0, burst: 0, bulk: 0 };
      goodUntilMs = Number.NEGATIVE_INFINITY;
    },
    isOpen: () => spent > 0 || POOLS.some((pool) => held[pool] + lapsed[pool] > 0),
  };
}

function poolOf(turn: Turn): Pool {
  return turn === "burst" || turn === "bulk" ? turn : "quick";
}
