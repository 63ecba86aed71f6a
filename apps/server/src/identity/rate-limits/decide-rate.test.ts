import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideRate, WINDOW_MS, windowNumber } from "./decide-rate.ts";

const quota = fc.integer({ min: 1, max: 10_000 });
const count = fc.integer({ min: 0, max: 20_000 });
const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
const facts = fc.record({ quota, nowMs: moment, current: count, previous: count });

/** What the windows hold when time has passed and nothing was admitted meanwhile. */
function later({ quota: kept, nowMs, current, previous }: Parameters<typeof decideRate>[0], ms: number) {
  const moved = windowNumber(nowMs + ms) - windowNumber(nowMs);
  const counts = [
    { current, previous },
    { current: 0, previous: current },
  ][moved] ?? { current: 0, previous: 0 };
  return { quota: kept, nowMs: nowMs + ms, ...counts };
}

/** Asks at each moment, and tells when it was admitted. */
function admittedAt(limit: number, moments: readonly number[]): number[] {
  const byWindow = new Map<number, number>();
  return moments.filter((nowMs) => {
    const window = windowNumber(nowMs);
    const current = byWindow.get(window) ?? 0;
    const previous = byWindow.get(window - 1) ?? 0;
    const { allowed } = decideRate({ quota: limit, nowMs, current, previous });
    if (allowed) byWindow.set(window, current + 1);
    return allowed;
  });
}

describe("the decision about one more request", () => {
  it("admits when the sliding count leaves room for one, to the very request", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const share = BigInt(given.previous) * BigInt(WINDOW_MS - (given.nowMs % WINDOW_MS));
        const used = share + BigInt(given.current + 1) * BigInt(WINDOW_MS);
        expect(decideRate(given).allowed).toBe(used <= BigInt(given.quota) * BigInt(WINDOW_MS));
      }),
    );
  });

  it("names a wait after which the request is admitted, and a millisecond before which it is not", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { allowed, waitMs } = decideRate(given);
        expect(allowed).toBe(waitMs === 0);
        expect(waitMs).toBeLessThanOrEqual(2 * WINDOW_MS);
        expect(decideRate(later(given, waitMs)).allowed).toBe(true);
        if (waitMs > 0) expect(decideRate(later(given, waitMs - 1)).allowed).toBe(false);
      }),
    );
  });

  it("tells how many may follow at once, and is right about it", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { allowed, remaining } = decideRate(given);
        if (!allowed) expect(remaining).toBe(0);
        if (!allowed) return;
        const after = (more: number) => decideRate({ ...given, current: given.current + more }).allowed;
        expect(after(remaining)).toBe(true);
        expect(after(remaining + 1)).toBe(false);
      }),
    );
  });

  it("admits no more than the quota in a window of the clock, however the requests come", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), moment, gaps, (limit, start, steps) => {
        let at = start;
        const admitted = admittedAt(
          limit,
          steps.map((step) => {
            at += step;
            return at;
          }),
        );
        const perWindow = Map.groupBy(admitted, windowNumber);
        for (const times of perWindow.values()) expect(times.length).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it("never refuses whoever comes at an even pace, one request below the quota", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), moment, (limit, start) => {
        const paceMs = Math.ceil(WINDOW_MS / (limit - 1));
        const moments = Array.from({ length: limit * 3 }, (_, index) => start + index * paceMs);
        expect(admittedAt(limit, moments).length).toBe(moments.length);
      }),
    );
  });

  it("serves whoever never stops asking at about the rate of the quota, instead of locking them out", () => {
    const everyTenth = Array.from({ length: 6_000 }, (_, index) => index * 100);
    const admitted = admittedAt(60, everyTenth);
    expect(admitted.length).toBeGreaterThan(540);
    expect(admitted.length).toBeLessThanOrEqual(600);
  });
});
