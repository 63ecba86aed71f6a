import fc from "fast-check";
import { expect, it } from "vitest";
import { planChunks } from "./plan-chunks.ts";

const plans = fc.record({
  itemCount: fc.integer({ min: 1, max: 5000 }),
  chunkConcurrency: fc.integer({ min: 1, max: 16 }),
  windowChunks: fc.integer({ min: 1, max: 16 }),
});

it("puts every item into exactly one chunk, in order, and none above fifty", () => {
  fc.assert(
    fc.property(plans, (params) => {
      const chunks = planChunks(params);
      const positions = chunks.flatMap(({ first, count }) =>
        Array.from({ length: count }, (_, i) => first + i),
      );
      expect(positions).toEqual(Array.from({ length: params.itemCount }, (_, position) => position));
      expect(chunks.map(({ number }) => number)).toEqual(chunks.map((_, index) => index));
      expect(Math.max(...chunks.map(({ count }) => count))).toBeLessThanOrEqual(50);
      expect(Math.min(...chunks.map(({ count }) => count))).toBeGreaterThan(0);
    }),
  );
});

it("begins with a small chunk, and makes the others of nearly the same size", () => {
  fc.assert(
    fc.property(plans, (params) => {
      const [first = 0, ...others] = planChunks(params).map(({ count }) => count);
      expect(first).toBe(Math.min(params.itemCount, params.chunkConcurrency));
      if (others.length > 0) expect(Math.max(...others) - Math.min(...others)).toBeLessThanOrEqual(1);
    }),
  );
});

it("fills whole rounds of the permits that one job can have", () => {
  fc.assert(
    fc.property(plans, (params) => {
      const [, ...others] = planChunks(params);
      const permits = Math.max(1, params.windowChunks - 1);
      const fits = others.length * params.chunkConcurrency >= params.itemCount - params.chunkConcurrency;
      // Below a full round, dividing further wins nothing: a chunk moves all of its items at once.
      expect(others.length % permits === 0 || fits).toBe(true);
    }),
  );
});

it("leaves little of a tail: a thousand files over seven permits take three rounds of chunks of at most 48", () => {
  const window = { chunkConcurrency: 8, windowChunks: 8 };
  const sizes = planChunks({ ...window, itemCount: 1000 }).map(({ count }) => count);
  expect(sizes).toHaveLength(1 + 3 * 7);
  expect(Math.max(...sizes)).toBe(48);
  expect(planChunks({ ...window, itemCount: 3 }).map(({ count }) => count)).toEqual([3]);
  expect(planChunks({ ...window, itemCount: 24 }).map(({ count }) => count)).toEqual([8, 8, 8]);
});
