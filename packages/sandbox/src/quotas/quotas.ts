import type { LiveSettings } from "../settings/index.ts";
import { AccountCaps } from "./account-caps.ts";
import type { QuotaCall, QuotaParty } from "./quota-call.ts";
import { limitsOf, type QuotaLimits } from "./quota-limits.ts";
import type { ProjectQuotaUse, QuotaReport, UserQuotaUse } from "./quota-report.ts";
import { SlidingWindow } from "./sliding-window.ts";
import { UsageTally } from "./usage-tally.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;

/** A limit that a call can run into. */
export type QuotaLimit =
  | "userMinute"
  | "projectMinute"
  | "projectDay"
  | "fileCreations"
  | "uploadDay"
  | "downloadDay";

/** Why a call is not let through. */
export interface QuotaRefusal {
  readonly limit: QuotaLimit;
  /** How many calls were refused before, since the start or the latest reset. */
  readonly ordinal: number;
}

interface User {
  readonly party: QuotaParty;
  readonly tally: UsageTally;
}

interface Project {
  readonly tally: UsageTally;
  readonly unitsInDay: SlidingWindow;
}

/**
 * What users and projects use of the API, and how much they may. A project is an OAuth client. Units are charged when a
 * call is let through, before its work and whether or not that succeeds; a refused call costs nothing. Google says
 * neither, so both are assumed. Minutes and days slide: they are the latest 60 seconds and 24 hours, to the millisecond
 * for minutes and to the minute, in Google's favour, for days.
 */
export class Quotas {
  readonly #settings: LiveSettings;
  readonly #now: () => number;
  #users = new Map<string, User>();
  #projects = new Map<string, Project>();
  /** By account: what goes for all its applications together. */
  #accounts = new Map<string, AccountCaps>();
  #refusals = 0;

  /** `now` gives milliseconds since the epoch; the settings are read anew for every call. */
  constructor({ settings, now }: { settings: LiveSettings; now: () => number }) {
    this.#settings = settings;
    this.#now = now;
  }

  /** The limits in force; null where there is none. */
  get limits(): QuotaLimits {
    return limitsOf(this.#settings.current.quotas);
  }

  /** Lets a call through and counts it, or names the limit that it has run into. What costs nothing is not refused. */
  admit(party: QuotaParty, call: QuotaCall): QuotaRefusal | null {
    const nowMs = this.#now();
    const { limits } = this;
    const user = this.#userOf(party);
    const project = this.#projectOf(party.clientId);
    const account = this.#accountOf(party.sub);
    const limit =
      call.units === 0
        ? null
        : (minuteRefusal({ user, project, units: call.units, limits, nowMs }) ??
          account.refusalOf(call, limits, nowMs));
    if (limit !== null) {
      user.tally.countRefusal();
      project.tally.countRefusal();
      this.#refusals += 1;
      return { limit, ordinal: this.#refusals - 1 };
    }
    user.tally.countCall(call, nowMs);
    project.tally.countCall(call, nowMs);
    if (call.units > 0) project.unitsInDay.add(call.units, nowMs);
    if (call.creates) account.countCreation(limits, nowMs);
    return null;
  }

  /** Counts bytes that have become content of a file. */
  countUp(party: QuotaParty, bytes: number): void {
    this.#accountOf(party.sub).countUp(bytes, this.limits, this.#now());
    this.#userOf(party).tally.countUp(bytes);
    this.#projectOf(party.clientId).tally.countUp(bytes);
  }

  /** Counts bytes of a file that are about to be sent. */
  countDown(party: QuotaParty, bytes: number): void {
    this.#accountOf(party.sub).countDown(bytes, this.limits, this.#now());
    this.#userOf(party).tally.countDown(bytes);
    this.#projectOf(party.clientId).tally.countDown(bytes);
  }

  /** What was used so far, by user and project and by project, with the limits that are in force. */
  report(): QuotaReport {
    const nowMs = this.#now();
    const users: UserQuotaUse[] = [...this.#users.values()].map(({ party, tally }) => ({
      email: party.email,
      clientId: party.clientId,
      ...tally.report(nowMs),
    }));
    const projects: ProjectQuotaUse[] = [...this.#projects].map(([clientId, { tally, unitsInDay }]) => ({
      clientId,
      ...tally.report(nowMs),
      unitsInLastDay: unitsInDay.sumAt(nowMs),
    }));
    return { limits: this.limits, users, projects };
  }

  /** Forgets all that was used: every minute and every day begins anew. */
  reset(): void {
    this.#users = new Map();
    this.#projects = new Map();
    this.#accounts = new Map();
    this.#refusals = 0;
  }

  #userOf(party: QuotaParty): User {
    const key = `${party.sub}\n${party.clientId}`;
    return entryOf(this.#users, key, () => ({ party, tally: new UsageTally() }));
  }

  #projectOf(clientId: string): Project {
    return entryOf(this.#projects, clientId, () => ({
      tally: new UsageTally(),
      unitsInDay: new SlidingWindow({ windowMs: DAY_MS, grainMs: MINUTE_MS }),
    }));
  }

  #accountOf(sub: string): AccountCaps {
    return entryOf(this.#accounts, sub, () => new AccountCaps());
  }
}

interface MinuteQuestion {
  readonly user: User;
  readonly project: Project;
  readonly units: number;
  readonly limits: QuotaLimits;
  readonly nowMs: number;
}

/** The limits of units and calls: those of the user first, then those that the project's users share. */
function minuteRefusal({ user, project, units, limits, nowMs }: MinuteQuestion): QuotaLimit | null {
  const { userUnitsPerMinute, projectUnitsPerMinute, projectUnitsPerDay, legacyQueriesPerMinute } = limits;
  if (isBeyond(userUnitsPerMinute, units, () => user.tally.unitsInMinute(nowMs))) return "userMinute";
  if (isBeyond(legacyQueriesPerMinute, 1, () => user.tally.callsInMinute(nowMs))) return "userMinute";
  if (isBeyond(projectUnitsPerMinute, units, () => project.tally.unitsInMinute(nowMs)))
    return "projectMinute";
  if (isBeyond(legacyQueriesPerMinute, 1, () => project.tally.callsInMinute(nowMs))) return "projectMinute";
  if (isBeyond(projectUnitsPerDay, units, () => project.unitsInDay.sumAt(nowMs))) return "projectDay";
  return null;
}

function isBeyond(limit: number | null, amount: number, used: () => number): boolean {
  return limit !== null && used() + amount > limit;
}

function entryOf<Key, Value>(entries: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = entries.get(key);
  if (found !== undefined) return found;
  const made = make();
  entries.set(key, made);
  return made;
}
