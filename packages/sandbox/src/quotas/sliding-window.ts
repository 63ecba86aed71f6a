/** Taken entries are thrown away when there are as many of them, and no sooner. */
const COMPACTED_AT = 4096;

/**
 * The sum of what was counted within the latest stretch of time. Amounts of one grain of time lie in one entry, dated
 * at the end of the grain, so there are never more entries than grains in the window and an amount leaves it late by
 * less than a grain, never early. With grains of 1 ms the window is exact. Adding and summing take amortised O(1).
 */
export class SlidingWindow {
  readonly #windowMs: number;
  readonly #grainMs: number;
  #timesMs: number[] = [];
  #amounts: number[] = [];
  #first = 0;
  #sum = 0;
  #peak = 0;

  constructor({ windowMs, grainMs = 1 }: { windowMs: number; grainMs?: number }) {
    this.#windowMs = windowMs;
    this.#grainMs = grainMs;
  }

  /** The most that the window ever held. */
  get peak(): number {
    return this.#peak;
  }

  /** What was counted in the window that ends now: what lies as long ago as the window is wide has left it. */
  sumAt(nowMs: number): number {
    this.#moveTo(nowMs);
    return this.#sum;
  }

  /** Counts an amount now. */
  add(amount: number, nowMs: number): void {
    this.#moveTo(nowMs);
    const timeMs = this.#grainOf(nowMs);
    const last = this.#timesMs.length - 1;
    if (last >= this.#first && this.#timesMs[last] === timeMs) {
      this.#amounts[last] = (this.#amounts[last] ?? 0) + amount;
    } else {
      this.#timesMs.push(timeMs);
      this.#amounts.push(amount);
    }
    this.#sum += amount;
    this.#peak = Math.max(this.#peak, this.#sum);
  }

  #grainOf(nowMs: number): number {
    return Math.ceil(nowMs / this.#grainMs) * this.#grainMs;
  }

  #moveTo(nowMs: number): void {
    this.#pullBack(this.#grainOf(nowMs));
    while (this.#first < this.#timesMs.length) {
      if ((this.#timesMs[this.#first] ?? 0) > nowMs - this.#windowMs) break;
      this.#sum -= this.#amounts[this.#first] ?? 0;
      this.#first += 1;
    }
    if (this.#first >= COMPACTED_AT || this.#first === this.#timesMs.length) this.#compact();
  }

  /** A clock that was set back leaves entries ahead of it: they count as of now, so that none is let off or kept for long. */
  #pullBack(timeMs: number): void {
    let ahead = 0;
    while (this.#timesMs.length > this.#first && (this.#timesMs.at(-1) ?? timeMs) > timeMs) {
      this.#timesMs.pop();
      ahead += this.#amounts.pop() ?? 0;
    }
    if (ahead === 0) return;
    this.#timesMs.push(timeMs);
    this.#amounts.push(ahead);
  }

  #compact(): void {
    if (this.#first === 0) return;
    this.#timesMs = this.#timesMs.slice(this.#first);
    this.#amounts = this.#amounts.slice(this.#first);
    this.#first = 0;
  }
}
