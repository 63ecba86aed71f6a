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

  /** Moves the clock on, or back by a negative number. Throws RangeError for anything but a whole number of ms. */
  advance(ms: number): void {
    if (!Number.isSafeInteger(ms)) throw new RangeError(`Not a whole number of milliseconds: ${ms}`);
    this.#offsetMs += ms;
  }

  /** Puts the clock to a time, in ms since the epoch, from where it goes on. Throws RangeError as `advance` does. */
  set(timeMs: number): void {
    this.advance(timeMs - this.now());
  }
}
