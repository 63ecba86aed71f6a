import { SlidingWindow } from "./sliding-window.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;

/**
 * Bytes within 24 hours, of which there is a most. Once it is reached it stays so for 24 hours from that moment, even
 * when bytes from the day before have long left the window: that is how Google's cap on uploads is told of. A higher
 * limit lifts it.
 */
export class DayCap {
  readonly #window = new SlidingWindow({ windowMs: DAY_MS, grainMs: MINUTE_MS });
  #reached: { readonly sumBytes: number; readonly atMs: number } | null = null;

  /** Counts bytes. `limitBytes` is the limit in force at this moment; null for none. */
  add(bytes: number, { limitBytes, nowMs }: { limitBytes: number | null; nowMs: number }): void {
    this.#window.add(bytes, nowMs);
    const sumBytes = this.#window.sumAt(nowMs);
    if (limitBytes === null || sumBytes < limitBytes) return;
    if (!this.#isHeldUp(limitBytes, nowMs)) this.#reached = { sumBytes, atMs: nowMs };
  }

  /** Whether nothing more may begin. */
  isReached({ limitBytes, nowMs }: { limitBytes: number | null; nowMs: number }): boolean {
    if (limitBytes === null) return false;
    return this.#isHeldUp(limitBytes, nowMs) || this.#window.sumAt(nowMs) >= limitBytes;
  }

  #isHeldUp(limitBytes: number, nowMs: number): boolean {
    if (this.#reached === null || limitBytes > this.#reached.sumBytes) return false;
    const sinceMs = nowMs - this.#reached.atMs;
    return sinceMs >= 0 && sinceMs < DAY_MS;
  }
}
