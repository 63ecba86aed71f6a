/** What RFC 3339 can write with four digits for the year: 0000 to 9999. */
const EARLIEST_MS = Date.parse("0000-01-01T00:00:00Z");
const LATEST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * The clock of a sandbox: that of the machine, or one that a test brings, moved by as much as it was told to.
 * Everything that runs out (codes, tokens, sessions, quotas) goes by it.
 */
export class SandboxClock {
  readonly #base: () => number;
  #offsetMs = 0;

  /** @param base the clock underneath, in ms since the epoch */
  constructor(base: () => number = Date.now) {
    this.#base = base;
  }

  /** The time, in ms since the epoch. */
  readonly now = (): number => this.#base() + this.#offsetMs;

  /** How far the clock was moved from the one underneath, in ms. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /**
   * Moves the clock on, or back by a negative number. Throws RangeError for anything but a whole number of ms, and when
   * the year would have more than four digits.
   */
  advance(ms: number): void {
    if (!Number.isSafeInteger(ms)) throw new RangeError(`Not a whole number of milliseconds: ${ms}`);
    const thenMs = this.now() + ms;
    if (thenMs < EARLIEST_MS || thenMs > LATEST_MS)
      throw new RangeError(`Beyond the years 0 to 9999: ${ms} ms on`);
    this.#offsetMs += ms;
  }

  /** Lets the clock show again what the one underneath does. */
  reset(): void {
    this.#offsetMs = 0;
  }

  /** Puts the clock to a time, in ms since the epoch, from where it goes on. Throws RangeError as `advance` does. */
  set(timeMs: number): void {
    this.advance(timeMs - this.now());
  }
}
