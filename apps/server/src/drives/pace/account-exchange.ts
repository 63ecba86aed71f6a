import type { AccountParts } from "./account-parts.ts";
import { placesFor } from "./call-gate.ts";
import type { AccountAsk, AccountGrant, ByPool } from "./pace-exchange.ts";
import { refuseLongWaits } from "./refuse-waits.ts";
import { type Turn, TURNS } from "./waiting-calls.ts";

/** Nodes tell and ask so often while an account is at work, give or take, so that none is always the second. */
const TICK_MS = 200;
const TICK_JITTER_MS = 100;
/** And no more often than that. */
const SHORTEST_MS = 15;

/** An account's talk with the other nodes. */
export interface AccountExchange {
  /** When they are to be asked next, in the pacer's time; Infinity for not at all. */
  dueAtMs(): number;
  ask(): AccountAsk;
  apply(grant: AccountGrant): void;
  /** The answer to the last question was lost. */
  forget(): void;
}

/** @param letGo called when there is more to spend */
export function createAccountExchange(parts: AccountParts, letGo: () => void): AccountExchange {
  const { waiting, slice, pace, uploads, news, timers } = parts;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let tickMs = TICK_MS;
  let wanted: ByPool = { quick: 0, burst: 0, bulk: 0 };
  /** Of what the last answer gave less than was wanted, so that asking for it again at once is of no use. */
  let isShort = { quick: false, burst: false, bulk: false };
  let toldBlockMs = Number.NEGATIVE_INFINITY;

  const waits = () => TURNS.some((turn) => waiting.countOf(turn) > 0);
  const isBlockNews = () => pace.blockedUntilMs > Math.max(toldBlockMs, timers.now());

  /** Whether calls wait for units that may well be had. */
  function hasHopes(): boolean {
    const isQuick = waiting.countOf("interactive") + waiting.countOf("small") > 0;
    if (isQuick && !isShort.quick) return true;
    if (waiting.countOf("burst") > 0 && !isShort.burst) return true;
    return waiting.countOf("bulk") > 0 && !isShort.bulk;
  }

  return {
    dueAtMs() {
      const nowMs = timers.now();
      const isBlocked = nowMs < pace.blockedUntilMs;
      const isUrgent = !isBlocked && (slice.isGood(nowMs) ? hasHopes() : waits());
      if (isUrgent || isBlockNews()) return askedAtMs + SHORTEST_MS;
      const isActive = (!isBlocked && waits()) || slice.isOpen() || !news.isEmpty();
      return isActive ? askedAtMs + tickMs : Number.POSITIVE_INFINITY;
    },
    ask() {
      const nowMs = timers.now();
      askedAtMs = nowMs;
      tickMs = TICK_MS + (parts.random() * 2 - 1) * TICK_JITTER_MS;
      const told = slice.ask(
        {
          quick: unitsSoon(parts, ["interactive", "small"]),
          burst: unitsSoon(parts, ["burst"]),
          burstLeft: waiting.next("burst", { uploads: true })?.unitsLeft ?? 0,
          bulk: unitsSoon(parts, ["bulk"]),
          isIdle: parts.underWay === 0 && !waits(),
        },
        nowMs,
      );
      wanted = told;
      const blockForMs = isBlockNews() ? Math.ceil(pace.blockedUntilMs - nowMs) : 0;
      toldBlockMs = pace.blockedUntilMs;
      const wantsUpload = waiting.hasUploads();
      return { key: parts.key, ...told, blockForMs, uploads: news.take(), wantsUpload };
    },
    apply(grant) {
      const nowMs = timers.now();
      slice.apply(grant, askedAtMs);
      isShort = {
        quick: grant.quick < wanted.quick,
        burst: grant.burst < wanted.burst,
        bulk: grant.bulk < wanted.bulk,
      };
      if (grant.blockedForMs > 0) {
        pace.blockUntil(nowMs + grant.blockedForMs);
        toldBlockMs = pace.blockedUntilMs;
      }
      uploads.setGate(grant.uploads, nowMs);
      sortOut(parts);
      refuseLongWaits(parts);
      letGo();
    },
    forget() {
      slice.forget();
      isShort = { quick: true, burst: true, bulk: true };
    },
  };
}

/** Units that can go soon: for as many calls as there are places, not for all that wait. */
function unitsSoon(parts: AccountParts, turns: readonly [Turn, ...Turn[]]): number {
  let units = 0;
  let places = Math.max(1, placesFor(parts, turns[0]) - parts.underWay);
  for (const turn of turns) {
    const count = parts.waiting.countOf(turn);
    if (count === 0) continue;
    const going = Math.min(count, places);
    units += (parts.waiting.unitsOf(turn) / count) * going;
    places -= going;
  }
  return Math.ceil(units);
}

/** Calls whose work turned out too large to hurry go on like the others. */
function sortOut({ waiting, slice }: AccountParts): void {
  if (waiting.countOf("burst") === 0) return;
  for (const call of waiting.all()) {
    if (call.turn === "burst" && call.unitsLeft > slice.room) waiting.move(call, "bulk");
  }
}
