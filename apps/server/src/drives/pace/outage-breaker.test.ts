import { setImmediate as settled } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOutageBreaker, isOutageOutcome, type OutageBreaker } from "./outage-breaker.ts";
import type { PaceOutcome } from "./permit.ts";

function answer(status: number | null, changes: object = {}): Exclude<PaceOutcome, string> {
  const facts = { kind: "try_later", reason: "x", status, retryAfterMs: null };
  return { ...facts, rateLimited: false, timedOut: false, ...changes };
}

/** Calls one after the other, each with its end; those that are refused are left out. */
async function call(breaker: OutageBreaker, outcomes: readonly PaceOutcome[]): Promise<void> {
  for (const outcome of outcomes) {
    if (breaker.fault() === null) breaker.enter().settle(outcome);
    await settled();
  }
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("what counts as an outage", () => {
  it("is a fault of the provider's own or its silence, and no refusal of any kind", () => {
    expect(isOutageOutcome(answer(503))).toBe(true);
    expect(isOutageOutcome(answer(null, { timedOut: true }))).toBe(true);
    expect(isOutageOutcome(answer(429, { rateLimited: true }))).toBe(false);
    expect(isOutageOutcome(answer(403, { kind: "not_allowed" }))).toBe(false);
    expect(isOutageOutcome("ok")).toBe(false);
  });
});

describe("during an outage", () => {
  it("calls are refused at once, with how long to pause and in what way the provider failed", async () => {
    const breaker = createOutageBreaker();
    await call(breaker, times(25, answer(null, { timedOut: true })));
    const fault = breaker.fault();
    expect(fault).toMatchObject({ kind: "try_later", reason: "provider_outage", timedOut: true });
    expect(fault?.pauseMs).toBeGreaterThan(0);
    expect(() => breaker.enter()).toThrow(expect.objectContaining({ reason: "provider_outage" }));
  });

  it("one call alone looks whether it is over, and ends it when it is", async () => {
    const breaker = createOutageBreaker({ firstMs: 20, longestMs: 20 });
    await call(breaker, times(25, answer(500)));
    await expect.poll(() => breaker.fault()).toBeNull();
    const probe = breaker.enter();
    expect(() => breaker.enter()).toThrow();
    probe.settle("ok");
    await expect.poll(() => breaker.fault()).toBeNull();
    breaker.enter().settle("ok");
    breaker.enter().settle("ok");
  });

  it("a look that fails, or is given up, keeps the calls away for longer", async () => {
    for (const outcome of [answer(502), "dropped"] as const) {
      const breaker = createOutageBreaker({ firstMs: 20, longestMs: 60_000 });
      await call(breaker, times(25, answer(500)));
      await expect.poll(() => breaker.fault()).toBeNull();
      breaker.enter().settle(outcome);
      await settled();
      expect(breaker.fault()).toMatchObject({ reason: "provider_outage" });
    }
  });
});

it("whatever the provider refuses, calls go on as long as most do not meet faults of its own", async () => {
  const refusals = fc.array(
    fc.constantFrom<PaceOutcome>(
      "ok",
      "dropped",
      answer(429, { rateLimited: true }),
      answer(403, { kind: "not_allowed" }),
      answer(404, { kind: "gone" }),
    ),
    { minLength: 30, maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(refusals, async (outcomes) => {
      const breaker = createOutageBreaker();
      await call(breaker, [...outcomes, ...times(3, answer(500))]);
      expect(breaker.fault()).toBeNull();
    }),
    { numRuns: 30 },
  );
});
