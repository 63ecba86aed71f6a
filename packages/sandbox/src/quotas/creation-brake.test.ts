import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CreationBrake } from "./creation-brake.ts";

const START_MS = Date.parse("2026-11-23T10:00:00Z");

/** How many files can be made at a moment, one after another. */
function take(brake: CreationBrake, perSecond: number, nowMs: number, wanted: number): number {
  let taken = 0;
  while (taken < wanted && brake.isOpen(perSecond, nowMs)) {
    brake.take(perSecond, nowMs);
    taken += 1;
  }
  return taken;
}

describe("the brake on new files", () => {
  it("lets five seconds' worth through at once, and then the steady rate", () => {
    for (const perSecond of [1, 2, 3, 7]) {
      const brake = new CreationBrake();
      expect(take(brake, perSecond, START_MS, 1000)).toBe(5 * perSecond);
      expect(take(brake, perSecond, START_MS + 1000, 1000)).toBe(perSecond);
      expect(take(brake, perSecond, START_MS + 60_000, 1000)).toBe(5 * perSecond);
    }
  });

  it("lets one through where five seconds bring less than one", () => {
    const brake = new CreationBrake();
    expect(take(brake, 0.1, START_MS, 10)).toBe(1);
    expect(take(brake, 0.1, START_MS + 9_999, 10)).toBe(0);
    expect(take(brake, 0.1, START_MS + 10_000, 10)).toBe(1);
  });

  it("never lets more through in any stretch of time than the burst and the rate allow", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 100 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), gaps, (perSecond, gapsMs) => {
        const brake = new CreationBrake();
        const made: number[] = [];
        let nowMs = START_MS;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          const count = take(brake, perSecond, nowMs, 3);
          for (let each = 0; each < count; each += 1) made.push(nowMs);
        }
        for (const [from, fromMs] of made.entries()) {
          for (const [to, toMs] of made.entries()) {
            if (to < from) continue;
            const allowed = 5 * perSecond + ((toMs - fromMs) / 1000) * perSecond;
            expect(to - from + 1).toBeLessThanOrEqual(allowed + 1e-6);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("is not held for longer by a clock that was set back", () => {
    const brake = new CreationBrake();
    expect(take(brake, 2, START_MS, 100)).toBe(10);
    expect(take(brake, 2, START_MS - 3_600_000, 100)).toBe(0);
    expect(take(brake, 2, START_MS - 3_600_000 + 1000, 100)).toBe(2);
  });
});
