import { SlidingWindow } from "./sliding-window.ts";

const MINUTE_MS = 60 * 1000;

/** What somebody has used so far, since the start or the latest reset. */
export interface QuotaUse {
  readonly units: number;
  readonly unitsInLastMinute: number;
  /** The most units within any 60 seconds. */
  readonly peakUnitsPerMinute: number;
  /** Calls that were let through, whether they then succeeded or not. */
  readonly calls: number;
  /** Those of the latest 60 seconds that cost units. */
  readonly callsInLastMinute: number;
  readonly callsByKind: Readonly<Record<string, number>>;
  /** Calls refused because of a rate or a day's limit. */
  readonly refusedCalls: number;
  /** Calls let through that make a file, a resumable upload at its start. */
  readonly creations: number;
  /** Bytes of files that came, by upload or as copies. */
  readonly bytesUp: number;
  /** Bytes of files that were sent for, counted when the answer begins. */
  readonly bytesDown: number;
}

/** Counts what one user of a project, or a whole project, uses. Every count takes amortised O(1). */
export class UsageTally {
  readonly #unitsInMinute = new SlidingWindow({ windowMs: MINUTE_MS });
  readonly #callsInMinute = new SlidingWindow({ windowMs: MINUTE_MS });
  readonly #callsByKind = new Map<string, number>();
  #units = 0;
  #calls = 0;
  #refusedCalls = 0;
  #creations = 0;
  #bytesUp = 0;
  #bytesDown = 0;

  /** Units of the latest 60 seconds. */
  unitsInMinute(nowMs: number): number {
    return this.#unitsInMinute.sumAt(nowMs);
  }

  /** Calls of the latest 60 seconds that cost units. */
  callsInMinute(nowMs: number): number {
    return this.#callsInMinute.sumAt(nowMs);
  }

  /** Counts a call that was let through. */
  countCall(
    { kind, units, creates }: { kind: string; units: number; creates: boolean },
    nowMs: number,
  ): void {
    if (units > 0) {
      this.#unitsInMinute.add(units, nowMs);
      this.#callsInMinute.add(1, nowMs);
    }
    this.#callsByKind.set(kind, (this.#callsByKind.get(kind) ?? 0) + 1);
    this.#units += units;
    this.#calls += 1;
    if (creates) this.#creations += 1;
  }

  countRefusal(): void {
    this.#refusedCalls += 1;
  }

  countUp(bytes: number): void {
    this.#bytesUp += bytes;
  }

  countDown(bytes: number): void {
    this.#bytesDown += bytes;
  }

  /** All counts, as they are now. */
  report(nowMs: number): QuotaUse {
    return {
      units: this.#units,
      unitsInLastMinute: this.unitsInMinute(nowMs),
      peakUnitsPerMinute: this.#unitsInMinute.peak,
      calls: this.#calls,
      callsInLastMinute: this.callsInMinute(nowMs),
      callsByKind: Object.fromEntries(this.#callsByKind),
      refusedCalls: this.#refusedCalls,
      creations: this.#creations,
      bytesUp: this.#bytesUp,
      bytesDown: this.#bytesDown,
    };
  }
}
