import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTransferGate } from "./transfer-gate.ts";

const LARGE = "large";
const never = new AbortController().signal;

/** Enters and says at once whether it got in; whoever waits gets in later. */
function tracked(gate: ReturnType<typeof createTransferGate>) {
  const inside: { jobId: string; bytes: number; leave: () => void }[] = [];
  const errors: unknown[] = [];
  const enter = (jobId: string, bytes = 1, signal = never) => {
    gate.enter({ jobId, bytes }, signal).then(
      (leave) => inside.push({ jobId, bytes, leave }),
      (error: unknown) => errors.push(error),
    );
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const leaveOne = (index: number) => inside.splice(index, 1)[0]?.leave();
  return { inside, errors, enter, settle, leaveOne };
}

describe("the gate", () => {
  it("never lets in more files or bytes than it may, and everybody in the end", async () => {
    const items = fc.array(
      fc.record({ job: fc.integer({ min: 0, max: 3 }), bytes: fc.integer({ min: 0, max: 300 }) }),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    const limits = fc.record({
      files: fc.integer({ min: 1, max: 20 }),
      bytes: fc.integer({ min: 2, max: 200 }),
    });
    await fc.assert(
      fc.asyncProperty(
        items,
        limits,
        fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
        async (all, limit, order) => {
          const { inside, enter, settle, leaveOne } = tracked(createTransferGate(limit));
          for (const { job, bytes } of all) enter(`job_${job}`, bytes);
          let left = 0;
          for (const index of order) {
            await settle();
            expect(inside.length).toBeLessThanOrEqual(limit.files);
            const weight = (bytes: number) => Math.min(bytes, Math.floor(limit.bytes / 2));
            const light = inside.filter(({ bytes }) => bytes < limit.bytes / 4);
            expect(light.reduce((sum, { bytes }) => sum + weight(bytes), 0)).toBeLessThanOrEqual(limit.bytes);
            if (inside.length === 0) break;
            leaveOne(index % inside.length);
            left += 1;
          }
          expect(left).toBe(all.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("keeps places for a job of which nothing moves, whatever another has in line", async () => {
    const { inside, enter, settle } = tracked(createTransferGate({ files: 64, bytes: 1_000_000 }));
    for (let count = 0; count < 200; count += 1) enter(LARGE);
    await settle();
    expect(inside).toHaveLength(60);
    enter("small");
    await settle();
    expect(inside.at(-1)?.jobId).toBe("small");
  });

  it("keeps bytes for such a job, however large the files of another are", async () => {
    const { inside, enter, settle } = tracked(createTransferGate({ files: 64, bytes: 1000 }));
    for (let count = 0; count < 10; count += 1) enter(LARGE, 5000);
    await settle();
    expect(inside).toHaveLength(2);
    enter("small", 100);
    await settle();
    expect(inside.map(({ jobId }) => jobId)).toEqual([LARGE, LARGE, "small"]);
  });

  it("gives the next place to the job with the fewest files on the move", async () => {
    const { inside, enter, settle, leaveOne } = tracked(createTransferGate({ files: 4, bytes: 1000 }));
    for (let count = 0; count < 10; count += 1) enter(LARGE);
    for (let count = 0; count < 3; count += 1) enter("small");
    for (let count = 0; count < 3; count += 1) {
      await settle();
      leaveOne(inside.findIndex(({ jobId }) => jobId === LARGE));
    }
    await settle();
    expect(inside.filter(({ jobId }) => jobId === "small").length).toBeGreaterThanOrEqual(2);
  });

  it("makes room for a large file of a new job, which small ones would else pass for ever", async () => {
    const { inside, enter, settle, leaveOne } = tracked(createTransferGate({ files: 64, bytes: 1000 }));
    for (let count = 0; count < 60; count += 1) enter(LARGE, 50);
    await settle();
    enter("new", 400);
    await settle();
    for (let count = 0; count < 8; count += 1) {
      leaveOne(inside.findIndex(({ jobId }) => jobId === LARGE));
      await settle();
    }
    expect(inside.map(({ jobId }) => jobId)).toContain("new");
  });

  it("lets an aborted one go, and gives a place back once", async () => {
    const { inside, errors, enter, settle } = tracked(createTransferGate({ files: 1, bytes: 10 }));
    enter("first");
    await settle();
    const abort = new AbortController();
    enter("second", 1, abort.signal);
    enter("third");
    abort.abort(new Error("gone"));
    await settle();
    expect(errors).toEqual([new Error("gone")]);
    inside[0]?.leave();
    inside[0]?.leave();
    enter("fourth");
    await settle();
    expect(inside.map(({ jobId }) => jobId)).toEqual(["first", "third"]);
  });
});
