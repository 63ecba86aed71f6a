import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QUEUES, retryDelaySeconds, rulesOf } from "./queues.ts";

describe("the wait before another try", () => {
  it("grows with every try, is random by half and stays within its limit", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...QUEUES),
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rules, attempt, random) => {
          const waited = retryDelaySeconds(rules, attempt, random);
          expect(waited).toBeGreaterThan(0);
          expect(waited).toBeLessThanOrEqual(rules.retryDelayMaxSeconds);
          expect(retryDelaySeconds(rules, attempt + 1, random)).toBeGreaterThanOrEqual(waited);
        },
      ),
    );
  });

  it("keeps revoking a grant for more than a day", () => {
    const rules = rulesOf("revoke-grant");
    let seconds = 0;
    for (let attempt = 1; attempt <= rules.retryLimit; attempt += 1) {
      seconds += retryDelaySeconds(rules, attempt, 0);
    }
    expect(seconds).toBeGreaterThan(24 * 60 * 60);
  });
});

it("names a dead letter queue before the queue that needs it", () => {
  QUEUES.forEach((queue, index) => {
    if (queue.deadLetter === null) return;
    expect(QUEUES.findIndex(({ name }) => name === queue.deadLetter)).toBeLessThan(index);
  });
});
