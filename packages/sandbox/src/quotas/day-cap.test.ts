import { describe, expect, it } from "vitest";
import { DayCap } from "./day-cap.ts";

const HOUR_MS = 60 * 60 * 1000;
const START_MS = Date.parse("2026-11-23T10:00:00Z");

describe("the cap on a day's bytes", () => {
  it("stays for 24 hours from the moment when it was reached, though older bytes have left the day", () => {
    const cap = new DayCap();
    const limitBytes = 1000;
    cap.add(900, { limitBytes, nowMs: START_MS });
    expect(cap.isReached({ limitBytes, nowMs: START_MS + 20 * HOUR_MS })).toBe(false);
    cap.add(100, { limitBytes, nowMs: START_MS + 20 * HOUR_MS });
    for (const hours of [20, 25, 43.99]) {
      expect(cap.isReached({ limitBytes, nowMs: START_MS + hours * HOUR_MS })).toBe(true);
    }
    expect(cap.isReached({ limitBytes, nowMs: START_MS + 44 * HOUR_MS })).toBe(false);
  });

  it("slides as long as it is not reached", () => {
    const cap = new DayCap();
    const limitBytes = 1000;
    for (let hours = 0; hours < 240; hours += 12)
      cap.add(400, { limitBytes, nowMs: START_MS + hours * HOUR_MS });
    expect(cap.isReached({ limitBytes, nowMs: START_MS + 240 * HOUR_MS })).toBe(false);
  });

  it("is lifted by a higher limit, and holds at once when the limit is lowered below what came", () => {
    const cap = new DayCap();
    cap.add(500, { limitBytes: 400, nowMs: START_MS });
    expect(cap.isReached({ limitBytes: 400, nowMs: START_MS })).toBe(true);
    expect(cap.isReached({ limitBytes: 1000, nowMs: START_MS })).toBe(false);
    expect(cap.isReached({ limitBytes: null, nowMs: START_MS })).toBe(false);
    expect(cap.isReached({ limitBytes: 300, nowMs: START_MS })).toBe(true);
  });
});
