/** How many seconds' worth of files may be made at once by somebody who made none for a while. */
const BURST_SECONDS = 5;
/** Far less than the clock can tell apart, and far more than sums of fractions are off. */
const TOLERANCE_MS = 1e-6;

/**
 * A bucket of permits to make files, which fills at a steady rate. Google does not document its brake; that a few files
 * at once pass it, and how many, is assumed: as many as five seconds bring, and one at the least.
 */
export class CreationBrake {
  /** How long the bucket takes to become full again, counted from `#asOfMs`. */
  #untilFullMs = 0;
  #asOfMs = 0;

  /** Takes one permit. Whether there is one is told by {@link isOpen} before. */
  take(perSecond: number, nowMs: number): void {
    this.#moveTo(nowMs);
    this.#untilFullMs = this.#missingMs(perSecond) + 1000 / perSecond;
  }

  /** Whether there is a permit. */
  isOpen(perSecond: number, nowMs: number): boolean {
    this.#moveTo(nowMs);
    return this.#missingMs(perSecond) + 1000 / perSecond <= capacityMs(perSecond) + TOLERANCE_MS;
  }

  /** An empty bucket takes as long as its capacity, at a rate that may have been changed meanwhile. */
  #missingMs(perSecond: number): number {
    return Math.min(this.#untilFullMs, capacityMs(perSecond));
  }

  /** A clock that was set back neither fills nor empties the bucket. */
  #moveTo(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#asOfMs);
    this.#untilFullMs = Math.max(0, this.#untilFullMs - passedMs);
    this.#asOfMs = nowMs;
  }
}

/** The time in which an empty bucket becomes full. */
function capacityMs(perSecond: number): number {
  return Math.max(BURST_SECONDS * 1000, 1000 / perSecond);
}
