import { canHappen } from "./can-happen.ts";
import { draw } from "./draw.ts";
import type { Attempts } from "./fault-rule.ts";
import type { FaultSubject } from "./fault-subject.ts";
import type { ReadFault } from "./read-fault.ts";
import type { ReadFaultRule } from "./read-fault-rule.ts";

/** A fault for a request, with what further draws of it follow from. */
export interface Hit {
  readonly fault: ReadFault;
  /** From 0 up to 1; for the place of a flipped byte and the like. */
  readonly chance: number;
  /** Takes the hit back: the fault turned out to have no effect. */
  readonly takeBack: () => void;
}

/** A rule with its counts. Counting is exact: `times` counts hits, `attempt` and `every` what came before. */
export class RuleInForce {
  readonly id: string;
  readonly rule: ReadFaultRule;
  readonly #seed: string;
  readonly #attempts = new Map<string, number>();
  #matched = 0;
  #hits = 0;

  /** @param seed what the draws follow from; another for each rule */
  constructor({ id, rule, seed }: { id: string; rule: ReadFaultRule; seed: string }) {
    this.id = id;
    this.rule = rule;
    this.#seed = seed;
  }

  /** How many requests met the conditions and could get a fault, `every`, `probability` and `times` aside. */
  get matched(): number {
    return this.#matched;
  }

  /** How many of them got the fault. */
  get hits(): number {
    return this.#hits;
  }

  /** Counts the request, and says which fault it gets from this rule, if any. */
  meet(subject: FaultSubject): Hit | null {
    if (!this.#isMeant(subject)) return null;
    const possible = [this.rule.fault].flat().filter((fault) => canHappen(fault, subject));
    if (possible.length === 0) return null;
    const key = `${subject.kind}\n${subject.attemptOf}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    const { attempt: attempts, every, probability, times } = this.rule;
    if (attempts !== undefined && !includes(attempts, attempt)) return null;
    this.#matched += 1;
    if (every !== undefined && this.#matched % every !== 0) return null;
    if (probability !== undefined && draw(this.#seed, "hit", key, attempt) >= probability) return null;
    if (times !== undefined && this.#hits >= times) return null;
    this.#hits += 1;
    const takeBack = () => {
      this.#hits -= 1;
    };
    const fault = this.#oneOf(possible, key, attempt);
    return { fault, chance: draw(this.#seed, "chance", key, attempt), takeBack };
  }

  #isMeant({ kind, fileId, fileName, credential }: FaultSubject): boolean {
    const { route, file, name, email, clientId } = this.rule;
    if (!patternsOf(route).some((pattern) => matchesStar(pattern, kind))) return false;
    if (file !== undefined && file !== fileId) return false;
    if (name !== undefined && !matchesName(name, fileName())) return false;
    if (email === undefined && clientId === undefined) return true;
    const asks = credential();
    return (
      asks !== null &&
      (email === undefined || email === asks.email) &&
      (clientId === undefined || clientId === asks.clientId)
    );
  }

  #oneOf(faults: readonly ReadFault[], key: string, attempt: number): ReadFault {
    const index =
      faults.length === 1 ? 0 : Math.floor(draw(this.#seed, "which", key, attempt) * faults.length);
    const drawn = faults[index];
    if (drawn === undefined) throw new RangeError("A rule has no fault to draw");
    return drawn;
  }
}

/** The patterns of a rule, one or several. */
export function patternsOf(route: ReadFaultRule["route"]): readonly string[] {
  return typeof route === "string" ? [route] : route;
}

/** Whether a pattern with a star at its end, or none, stands for a kind of request. */
export function matchesStar(pattern: string, kind: string): boolean {
  return pattern.endsWith("*") ? kind.startsWith(pattern.slice(0, -1)) : kind === pattern;
}

function matchesName(pattern: string, name: string | null): boolean {
  if (name === null) return false;
  const [open, close] = [pattern.startsWith("*"), pattern.length > 1 && pattern.endsWith("*")];
  const text = pattern.slice(open ? 1 : 0, close ? -1 : undefined);
  if (open && close) return name.includes(text);
  if (open) return name.endsWith(text);
  return close ? name.startsWith(text) : name === text;
}

function includes(attempts: Attempts, attempt: number): boolean {
  if (typeof attempts === "number") return attempts === attempt;
  if (isList(attempts)) return attempts.includes(attempt);
  const { from = 1, to = Number.POSITIVE_INFINITY } = attempts;
  return attempt >= from && attempt <= to;
}

function isList(attempts: Attempts): attempts is readonly number[] {
  return Array.isArray(attempts);
}
