import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AdaptiveConcurrency, grow, halve, startConcurrency } from "./adaptive-concurrency.ts";

const MOST = 64;

interface Event {
  readonly kind: "ok" | "refused";
  readonly afterMs: number;
  readonly tookMs: number;
}

const events = fc.array(
  fc.record<Event>({
    kind: fc.constantFrom("ok", "refused"),
    afterMs: fc.nat({ max: 3_000 }),
    tookMs: fc.nat({ max: 5_000 }),
  }),
);

/** What comes of events one after the other, with what was before each. */
function follow(all: readonly Event[]) {
  let state = startConcurrency(MOST);
  let nowMs = 0;
  return all.map((event) => {
    nowMs += event.afterMs;
    const before = state;
    const begunAtMs = nowMs - event.tookMs;
    state = event.kind === "ok" ? grow(state, { most: MOST, begunAtMs }) : halve(state, { nowMs, begunAtMs });
    return { ...event, before, after: state, nowMs, begunAtMs };
  });
}

describe("the number of calls at a time", () => {
  it("is never below one and never above the most, whatever comes", () => {
    fc.assert(
      fc.property(events, (all) => {
        for (const { after } of follow(all)) {
          expect(after.limit).toBeGreaterThanOrEqual(1);
          expect(after.limit).toBeLessThanOrEqual(MOST);
        }
      }),
    );
  });

  it("grows by one for a round of calls at the most, and shrinks by half at the most", () => {
    fc.assert(
      fc.property(events, (all) => {
        for (const { before, after } of follow(all)) {
          expect(after.limit).toBeLessThanOrEqual(before.limit + 1 / before.limit + 1e-9);
          expect(after.limit).toBeGreaterThanOrEqual(before.limit / 2);
        }
      }),
    );
  });

  it("is halved once a second at the most, and not for calls that were begun before it was halved last", () => {
    fc.assert(
      fc.property(events, (all) => {
        let last: AdaptiveConcurrency = startConcurrency(MOST);
        for (const { before, after, nowMs, begunAtMs } of follow(all)) {
          if (after.halvedAtMs !== before.halvedAtMs) {
            expect(nowMs - last.halvedAtMs).toBeGreaterThanOrEqual(1_000);
            expect(begunAtMs).toBeGreaterThan(last.halvedAtMs);
          }
          last = after;
        }
      }),
    );
  });

  it("comes back to the most when all goes well", () => {
    let state = halve(startConcurrency(MOST), { nowMs: 0, begunAtMs: -1 });
    expect(state.limit).toBe(32);
    for (let call = 0; call < 2_000; call += 1) state = grow(state, { most: MOST, begunAtMs: 1 });
    expect(state).toMatchObject({ limit: MOST, refusals: 0 });
  });
});
