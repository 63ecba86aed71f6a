import fc from "fast-check";
import { expect, it } from "vitest";
import { parsePrefer, waitMsOf } from "./parse-prefer.ts";

it.each([
  [undefined, { respondAsync: false, waitMs: null, applied: "" }],
  ["", { respondAsync: false, waitMs: null, applied: "" }],
  ["respond-async", { respondAsync: true, waitMs: null, applied: "respond-async" }],
  ["Respond-Async; foo=bar", { respondAsync: true, waitMs: null, applied: "respond-async" }],
  ["wait=10", { respondAsync: false, waitMs: 10_000, applied: "wait=10" }],
  ['WAIT = "7"', { respondAsync: false, waitMs: 7000, applied: "wait=7" }],
  ["respond-async, wait=5", { respondAsync: true, waitMs: 5000, applied: "respond-async, wait=5" }],
  ["wait=3, wait=9", { respondAsync: false, waitMs: 3000, applied: "wait=3" }],
  ["wait=100000", { respondAsync: false, waitMs: 60_000, applied: "wait=60" }],
  ["wait=0", { respondAsync: false, waitMs: 0, applied: "wait=0" }],
  ["wait=-1", { respondAsync: false, waitMs: null, applied: "" }],
  ["wait=soon, handling=lenient", { respondAsync: false, waitMs: null, applied: "" }],
  ["wait", { respondAsync: false, waitMs: null, applied: "" }],
])("reads %j", (header, expected) => {
  expect(parsePrefer(header)).toEqual(expected);
});

it("reads several headers like one", () => {
  expect(parsePrefer(["respond-async", "wait=5"])).toEqual(parsePrefer("respond-async, wait=5"));
});

it("takes any text without a fault, and never waits longer than a minute", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat().map((seconds) => `wait=${seconds}`),
      ),
      (header) => {
        const { waitMs } = parsePrefer(header);
        expect(waitMs ?? 0).toBeLessThanOrEqual(60_000);
        expect(waitMs ?? 0).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

it("waits as long as was asked, not at all when only that was asked, else as usual", () => {
  expect(waitMsOf({ respondAsync: false, waitMs: null }, 20_000)).toBe(20_000);
  expect(waitMsOf({ respondAsync: true, waitMs: null }, 20_000)).toBe(0);
  expect(waitMsOf({ respondAsync: true, waitMs: 5000 }, 20_000)).toBe(5000);
  expect(waitMsOf({ respondAsync: false, waitMs: 0 }, 20_000)).toBe(0);
});
