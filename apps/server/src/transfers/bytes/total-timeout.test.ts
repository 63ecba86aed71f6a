import { expect, it } from "vitest";
import { totalTimeoutMs } from "./total-timeout.ts";

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

it("gives a small file minutes, and a large one as long as 64 KiB a second take", () => {
  expect(totalTimeoutMs(200_000)).toBeLessThan(HOUR_MS / 4);
  expect(totalTimeoutMs(10 * 1024 * MIB)).toBeGreaterThan(10 * 1024 * 16 * 1000);
});

it("does not wait for ever for a file of unknown size", () => {
  expect(totalTimeoutMs(null)).toBeLessThan(2 * HOUR_MS);
});
