import { expect, it } from "vitest";
import { createWindowCounts } from "./window-counts.ts";

it("keeps no more keys than it may, whatever number of strangers come", () => {
  const counts = createWindowCounts(50);
  for (let stranger = 0; stranger < 5_000; stranger += 1) {
    counts.read(`stranger ${stranger}`, 7);
    counts.add(`stranger ${stranger}`, 7, 1);
  }
  expect(counts.size).toBe(50);
  expect(counts.take()).toHaveLength(2 * 50);
});

it("tells what was counted while it was telling the next time, and again what nobody heard", () => {
  const counts = createWindowCounts(10);
  const tellOf = () => counts.take().filter(({ window }) => window === 7);
  counts.read("a", 7);
  counts.add("a", 7, 5);
  const first = tellOf();
  counts.add("a", 7, 2);
  expect(counts.read("a", 7)).toEqual({ current: 7, previous: 0 });
  counts.settle(first, null);
  const second = tellOf();
  expect(second).toEqual([{ key: "a", window: 7, added: 7 }]);
  counts.settle(second, [{ key: "a", window: 7, total: 100 }]);
  expect(counts.read("a", 7)).toEqual({ current: 100, previous: 0 });
  expect(counts.read("a", 8)).toEqual({ current: 0, previous: 100 });
  expect(counts.read("a", 10)).toEqual({ current: 0, previous: 0 });
});

it("goes on counting when the clock is set back", () => {
  const counts = createWindowCounts(10);
  counts.read("a", 70);
  counts.add("a", 70, 5);
  counts.read("a", 60);
  counts.add("a", 60, 1);
  expect(counts.read("a", 60)).toEqual({ current: 1, previous: 0 });
  counts.read("a", 59);
  counts.add("a", 59, 2);
  expect(counts.read("a", 60)).toEqual({ current: 1, previous: 2 });
});
