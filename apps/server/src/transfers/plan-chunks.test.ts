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
    }),
  );
});

it("makes chunks of nearly the same size", () => {
  fc.assert(
    fc.property(plans, (params) => {
      const sizes = planChunks(params).map(({ count }) => count);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

it("spreads a job over the window where that lets more of it move at once", () => {
  const window = { chunkConcurrency: 16, windowChunks: 4 };
  expect(planChunks({ ...window, itemCount: 10 })).toHaveLength(1);
  expect(planChunks({ ...window, itemCount: 64 })).toHaveLength(4);
  expect(planChunks({ ...window, itemCount: 100 })).toHaveLength(4);
  expect(planChunks({ ...window, itemCount: 1000 })).toHaveLength(20);
});
