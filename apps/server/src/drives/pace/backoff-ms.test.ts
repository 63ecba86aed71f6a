import fc from "fast-check";
import { expect, it } from "vitest";
import { backoffMs } from "./backoff-ms.ts";

const facts = fc.record({
  failures: fc.integer({ min: 1, max: 10_000 }),
  random: fc.double({ min: 0, max: 1, noNaN: true }),
  retryAfterMs: fc.option(fc.nat({ max: 10_000_000 })),
});

it("a pause is never shorter than what is asked for, and never longer than the longest on top of it", () => {
  fc.assert(
    fc.property(facts, fc.nat({ max: 20_000 }), (given, leastMs) => {
      const pauseMs = backoffMs({ firstMs: 1_000, longestMs: 32_000, leastMs }, given);
      const askedMs = Math.max(leastMs, given.retryAfterMs ?? 0);
      expect(pauseMs).toBeGreaterThanOrEqual(askedMs);
      expect(pauseMs).toBeLessThanOrEqual(askedMs + 32_000);
    }),
  );
});

it("the bound of a pause doubles from failure to failure, and chance decides below it", () => {
  const shape = { firstMs: 1_000, longestMs: 32_000 };
  const bounds = [1, 2, 3, 4, 5, 6, 7].map((failures) => backoffMs(shape, { failures, random: 1 }));
  expect(bounds).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000]);
  expect(backoffMs(shape, { failures: 5, random: 0 })).toBe(0);
});
