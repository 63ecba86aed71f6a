import { onlyKindOf } from "./can-happen.ts";
import type { FaultPlan } from "./fault-plan.ts";
import type { FaultRule } from "./fault-rule.ts";
import type { FaultSubject } from "./fault-subject.ts";
import { latencyMs } from "./latency-ms.ts";
import { parseFaultPlan, parseFaultRule } from "./parse-fault-plan.ts";
import type { HardFault, ReadFault } from "./read-fault.ts";
import type { ReadFaultRule } from "./read-fault-rule.ts";
import { matchesStar, patternsOf, RuleInForce } from "./rule-in-force.ts";

/** A rule with what it has done so far. */
export interface RuleReport {
  readonly id: string;
  readonly rule: ReadFaultRule;
  /** Requests that met the rule's conditions and could get its fault, `every`, `probability` and `times` aside. */
  readonly matched: number;
  /** Requests that got the fault, and on which it had an effect. */
  readonly hits: number;
}

/** What a request has to go through. */
export interface Ordeal {
  readonly waitMs: number;
  readonly fault: HardFault | null;
  /** From 0 up to 1, for further draws. */
  readonly chance: number;
  /** Takes the hit of the fault back: it turned out to have no effect. */
  readonly takeBack: () => void;
}

/** What rules may name; anything else is refused when a rule is set. */
export interface KnownThings {
  /** Whether there is a file of this id. */
  readonly isFile: (fileId: string) => boolean;
  /** Whether somebody with this e-mail has an account. */
  readonly isAccount: (email: string) => boolean;
  /** Whether there is an OAuth client of this id. */
  readonly isClient: (clientId: string) => boolean;
  /** Every kind of request that routes have. */
  readonly kinds: () => readonly string[];
}

/**
 * The faults in force. Rules are asked in order: the waits of all that hit add up, and the first other fault is the one
 * that the request meets; rules behind it do not see the request.
 */
export class Faults {
  readonly #known: KnownThings;
  #seed = 1;
  #rules: RuleInForce[] = [];
  #added = 0;
  #addedToPlan = 0;

  /** @param known what rules may name */
  constructor(known: KnownThings) {
    this.#known = known;
  }

  /** The rules in force, in their order, with their counts. */
  get plan(): { readonly seed: number; readonly rules: readonly RuleReport[] } {
    const rules = this.#rules.map(({ id, rule, matched, hits }) => ({ id, rule, matched, hits }));
    return { seed: this.#seed, rules };
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /**
   * Puts a plan in the place of all rules; counts begin anew.
   *
   * @throws RangeError that names the rule and what is wrong with it: an unknown option, fault kind, route, file,
   *   account or client
   */
  replace(plan: FaultPlan): void {
    const { seed, rules } = parseFaultPlan(plan);
    for (const [index, rule] of rules.entries()) this.#check(rule, `rule ${index + 1}`);
    this.#seed = seed;
    this.#rules = [];
    this.#addedToPlan = 0;
    for (const rule of rules) this.#append(rule);
  }

  /**
   * Adds a rule behind the others.
   *
   * @returns its id
   * @throws RangeError as `replace` does
   */
  add(rule: FaultRule): string {
    const parsed = parseFaultRule(rule);
    this.#check(parsed, "rule");
    return this.#append(parsed);
  }

  /** Takes a rule away; false when there is none of this id. */
  remove(id: string): boolean {
    const rest = this.#rules.filter((rule) => rule.id !== id);
    const isRemoved = rest.length < this.#rules.length;
    this.#rules = rest;
    return isRemoved;
  }

  /** Takes all rules away. */
  clear(): void {
    this.#rules = [];
  }

  /** Counts a request, and says what it has to go through; null when nothing. */
  meet(subject: FaultSubject): Ordeal | null {
    let waitMs = 0;
    for (const rule of this.#rules) {
      const hit = rule.meet(subject);
      if (hit === null) continue;
      const { fault, chance, takeBack } = hit;
      if (fault.kind !== "latency") return { waitMs, fault, chance, takeBack };
      waitMs += latencyMs(fault, chance);
    }
    return waitMs === 0 ? null : { waitMs, fault: null, chance: 0, takeBack: () => {} };
  }

  #append(rule: ReadFaultRule): string {
    this.#added += 1;
    this.#addedToPlan += 1;
    const id = `fault-${this.#added}`;
    this.#rules.push(new RuleInForce({ id, rule, seed: `${this.#seed}/${this.#addedToPlan}` }));
    return id;
  }

  #check({ route, file, fileMayAppear, email, clientId, fault }: ReadFaultRule, place: string): void {
    const { isFile, isAccount, isClient, kinds: knownKinds } = this.#known;
    const kinds = knownKinds();
    const unknown = patternsOf(route).find((pattern) => !kinds.some((kind) => matchesStar(pattern, kind)));
    if (unknown !== undefined) {
      throw new RangeError(`${place}: route: unknown route "${unknown}"; known are ${kinds.join(", ")}`);
    }
    for (const each of [fault].flat()) requireKind(each, patternsOf(route), place);
    if (file !== undefined && !fileMayAppear && !isFile(file)) {
      throw new RangeError(
        `${place}: file: there is no file "${file}" (fileMayAppear allows for one to come)`,
      );
    }
    if (email !== undefined && !isAccount(email)) {
      throw new RangeError(`${place}: email: there is no account "${email}"`);
    }
    if (clientId !== undefined && !isClient(clientId)) {
      throw new RangeError(`${place}: clientId: there is no client "${clientId}"`);
    }
  }
}

/** A fault that can happen to one kind of request alone is of no use on other routes. */
function requireKind(fault: ReadFault, patterns: readonly string[], place: string): void {
  const kind = onlyKindOf(fault);
  if (kind === null || patterns.some((pattern) => matchesStar(pattern, kind))) return;
  throw new RangeError(`${place}: fault: ${fault.kind} can happen to ${kind} only`);
}
