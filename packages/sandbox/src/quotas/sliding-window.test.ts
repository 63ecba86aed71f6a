import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlidingWindow } from "./sliding-window.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.parse("2026-11-23T10:00:00Z");

interface Event {
  readonly atMs: number;
  readonly amount: number;
}

/** Amounts of 1 to 200, up to two minutes apart, with many at once and many just at the edge of the window. */
const events = fc
  .array(
    fc.record({
      gapMs: fc.oneof(
        fc.constantFrom(0, 0, 1, 999, 59_999, MINUTE_MS, MINUTE_MS + 1),
        fc.integer({ min: 0, max: 2 * MINUTE_MS }),
      ),
      amount: fc.integer({ min: 1, max: 200 }),
    }),
    { maxLength: 200 },
  )
  .map((steps) => {
    let atMs = START_MS;
    return steps.map(({ gapMs, amount }) => {
      atMs += gapMs;
      return { atMs, amount };
    });
  });

function naiveSum(past: readonly Event[], nowMs: number, windowMs: number): number {
  return past
    .filter(({ atMs }) => atMs > nowMs - windowMs && atMs <= nowMs)
    .reduce((sum, { amount }) => sum + amount, 0);
}

describe("a sliding window", () => {
  it("holds to the millisecond what a naive count of the latest 60 seconds holds", () => {
    fc.assert(
      fc.property(events, (all) => {
        const window = new SlidingWindow({ windowMs: MINUTE_MS });
        for (const [index, { atMs, amount }] of all.entries()) {
          expect(window.sumAt(atMs)).toBe(naiveSum(all.slice(0, index), atMs, MINUTE_MS));
          window.add(amount, atMs);
        }
        const sums = all.map(({ atMs }) => naiveSum(all, atMs, MINUTE_MS));
        expect(window.peak).toBe(Math.max(0, ...sums));
      }),
    );
  });

  it("that lets in only what fits never holds more than the limit in any 60 seconds, and refuses nothing that fits", () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 1000 }), (asked, limit) => {
        const window = new SlidingWindow({ windowMs: MINUTE_MS });
        const admitted: Event[] = [];
        for (const event of asked) {
          const fits = naiveSum(admitted, event.atMs, MINUTE_MS) + event.amount <= limit;
          const isAdmitted = window.sumAt(event.atMs) + event.amount <= limit;
          expect(isAdmitted).toBe(fits);
          if (!isAdmitted) continue;
          window.add(event.amount, event.atMs);
          admitted.push(event);
        }
        for (const { atMs } of admitted) {
          const ahead = naiveSum(admitted, atMs + MINUTE_MS - 1, MINUTE_MS);
          expect(ahead).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it("with coarse grains lets go late by less than a grain, and never early", () => {
    const grainMs = 10_000;
    fc.assert(
      fc.property(events, (all) => {
        const window = new SlidingWindow({ windowMs: MINUTE_MS, grainMs });
        for (const [index, { atMs, amount }] of all.entries()) {
          const past = all.slice(0, index);
          const sum = window.sumAt(atMs);
          expect(sum).toBeGreaterThanOrEqual(naiveSum(past, atMs, MINUTE_MS));
          expect(sum).toBeLessThanOrEqual(naiveSum(past, atMs, MINUTE_MS + grainMs));
          window.add(amount, atMs);
        }
      }),
    );
  });

  it("keeps its sum through tens of thousands of entries", () => {
    const window = new SlidingWindow({ windowMs: MINUTE_MS });
    for (let ms = 0; ms < 3 * MINUTE_MS; ms += 2) window.add(3, START_MS + ms);
    expect(window.sumAt(START_MS + 3 * MINUTE_MS - 2)).toBe(3 * (MINUTE_MS / 2));
    expect(window.sumAt(START_MS + 4 * MINUTE_MS)).toBe(0);
  });

  it("counts what lies ahead of a clock that was set back as of then", () => {
    const window = new SlidingWindow({ windowMs: MINUTE_MS });
    window.add(7, START_MS - 1000);
    window.add(5, START_MS);
    const backMs = START_MS - 60 * MINUTE_MS;
    expect(window.sumAt(backMs)).toBe(12);
    expect(window.sumAt(backMs + MINUTE_MS - 1)).toBe(12);
    expect(window.sumAt(backMs + MINUTE_MS)).toBe(0);
  });
});
