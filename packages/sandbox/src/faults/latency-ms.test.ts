import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latencyMs } from "./latency-ms.ts";

const even = { kind: "latency", distribution: "even" } as const;
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("a latency", () => {
  it("lies evenly between its least and its most", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), chance, (ms, jitterMs, drawn) => {
        const waitMs = latencyMs({ ...even, ms, jitterMs }, drawn);
        expect(waitMs).toBeGreaterThanOrEqual(ms);
        expect(waitMs).toBeLessThanOrEqual(ms + jitterMs);
      }),
    );
  });

  it("lies around the median when it is drawn log-normally", () => {
    const rule = { kind: "latency", ms: 1000, jitterMs: 0, distribution: "lognormal" } as const;
    const drawn = Array.from({ length: 1000 }, (_, index) => latencyMs(rule, (index * 0.618_033_988_75) % 1));
    const sorted = drawn.toSorted((left, right) => left - right);
    expect(Math.abs((sorted[500] ?? 0) - 1000)).toBeLessThan(100);
    expect(sorted[840]).toBeGreaterThan(1400);
    expect(sorted[160]).toBeLessThan(750);
    expect(sorted[0]).toBeGreaterThan(0);
  });
});
