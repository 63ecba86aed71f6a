import { expect, it } from "vitest";
import { estimateSeconds } from "./estimate-seconds.ts";

const UNITS_PER_MINUTE = 325_000;

it.each([
  { work: { files: 0, bytes: 0, units: 500 }, seconds: 0, why: "nothing is nothing" },
  { work: { files: 3, bytes: 600_000, units: 615 }, seconds: 1, why: "little takes a moment" },
  { work: { files: 1_500, bytes: 1, units: 307_500 }, seconds: 15, why: "a burst goes at once" },
  {
    work: { files: 10_000, bytes: 1, units: 2_050_000 },
    seconds: 319,
    why: "the rest goes at the pace of the grant",
  },
  { work: { files: 1, bytes: 5 * 1024 ** 3, units: 205 }, seconds: 103, why: "bytes take their time" },
])("takes $seconds s for $work.files files and $work.units units: $why", ({ work, seconds }) => {
  expect(estimateSeconds(work, UNITS_PER_MINUTE)).toBe(seconds);
});

it("is held up by files and bytes alone when no quota is counted", () => {
  expect(estimateSeconds({ files: 10_000, bytes: 1, units: 2_050_000 }, null)).toBe(100);
});
