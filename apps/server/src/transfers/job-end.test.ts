import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { itemError } from "./item-errors.ts";
import { jobEnd } from "./job-end.ts";

const count = fc.integer({ min: 0, max: 3 });
const ended = fc
  .record({ done: count, skipped: count, failed: count, cancelled: count })
  .filter((counters) => Object.values(counters).some((value) => value > 0))
  .map((counters) => ({ pending: 0, running: 0, ...counters }));

const none = { pending: 0, running: 0, done: 0, skipped: 0, failed: 0, cancelled: 0 };

describe("how a job ends", () => {
  it("is completed exactly when every item is done or skipped, and only then has no sentence", () => {
    fc.assert(
      fc.property(ended, (counters) => {
        const end = jobEnd({ type: "import", counters, stop: null });
        const isWhole = counters.failed + counters.cancelled === 0;
        expect(end.status === "completed").toBe(isWhole);
        expect(end.errorMessage === null).toBe(isWhole);
      }),
    );
  });

  it("is cancelled when items were, failed when none was done, and partly failed else", () => {
    const of = (counters: Partial<typeof none>) =>
      jobEnd({ type: "import", counters: { ...none, ...counters }, stop: null }).status;
    expect(of({ done: 2, failed: 1 })).toBe("completed_with_errors");
    expect(of({ skipped: 1, failed: 1 })).toBe("completed_with_errors");
    expect(of({ failed: 3 })).toBe("failed");
    expect(of({ done: 5, cancelled: 1 })).toBe("cancelled");
    expect(of({ failed: 5, cancelled: 1 })).toBe("cancelled");
  });

  it("is cancelled when somebody stopped it, also when nothing was open any more", () => {
    const stop = { ...itemError("cancelled"), endState: "cancelled" as const };
    expect(jobEnd({ type: "import", counters: { ...none, done: 2 }, stop })).toEqual({
      status: "cancelled",
      errorMessage: stop.message,
    });
  });

  it("says in a sentence what is missing, and why when the whole job was stopped", () => {
    const say = (counters: Partial<typeof none>, type: "import" | "export" = "import") =>
      jobEnd({ type, counters: { ...none, ...counters }, stop: null }).errorMessage;
    expect(say({ done: 197, failed: 3 })).toBe("3 of 200 files were not imported.");
    expect(say({ done: 1, failed: 1 })).toBe("1 of 2 files was not imported.");
    expect(say({ failed: 4 }, "export")).toBe("None of the 4 files was exported.");
    expect(say({ failed: 1 })).toBe("The file was not imported.");
    const stop = { ...itemError("provider_quota_full"), endState: "failed" as const };
    expect(jobEnd({ type: "export", counters: { ...none, failed: 2 }, stop }).errorMessage).toBe(
      `None of the 2 files was exported. ${stop.message}`,
    );
  });
});
