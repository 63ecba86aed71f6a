import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jobPace } from "./job-pace.ts";

const startedAt = new Date("2026-01-01T12:00:00Z");
const after = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000);
const job = {
  state: "running" as const,
  startedAt,
  completedAt: null,
  now: after(10),
  bytesDone: 800,
  movingBytes: 200,
  bytesBefore: 0,
  bytesTotal: 4000,
  itemsBefore: 0,
  totalItems: 100,
  pendingItems: 30,
  runningItems: 20,
};

describe("the pace of a job", () => {
  it("counts what is under way, and tells the end by bytes or files, whichever takes longer", () => {
    expect(jobPace(job)).toEqual({ bytesPerSecond: 100, estimatedEndAt: after(40) });
    expect(jobPace({ ...job, bytesTotal: 1100 })).toEqual({ bytesPerSecond: 100, estimatedEndAt: after(20) });
  });

  it("counts a run that was begun again from where it began", () => {
    const retried = { ...job, bytesBefore: 500, itemsBefore: 40, bytesTotal: 0 };
    expect(jobPace(retried)).toEqual({ bytesPerSecond: 50, estimatedEndAt: after(60) });
  });

  it("is not known before it has begun, in its first second, and while nothing has come", () => {
    const unknown = { bytesPerSecond: null, estimatedEndAt: null };
    expect(jobPace({ ...job, startedAt: null })).toEqual(unknown);
    expect(jobPace({ ...job, now: after(0.9) })).toEqual(unknown);
    const idle = { ...job, bytesDone: 0, movingBytes: 0, pendingItems: 100, runningItems: 0 };
    expect(jobPace(idle)).toEqual(unknown);
  });

  it("tells no end of a job that does not run, and the mean of one that has ended", () => {
    expect(jobPace({ ...job, state: "paused" }).estimatedEndAt).toBeNull();
    const ended = { ...job, state: "ended" as const, completedAt: after(5), now: after(1000) };
    expect(jobPace(ended)).toEqual({ bytesPerSecond: 200, estimatedEndAt: null });
  });

  it("is never below nothing, whatever the counters say, and its end is never in the past", () => {
    const number = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(
        fc.record({
          bytesDone: number,
          movingBytes: number,
          bytesBefore: number,
          bytesTotal: number,
          itemsBefore: number,
          totalItems: number,
          pendingItems: number,
          runningItems: number,
        }),
        number,
        (facts, seconds) => {
          const pace = jobPace({ ...job, ...facts, now: after(seconds) });
          expect(pace.bytesPerSecond ?? 0).toBeGreaterThanOrEqual(0);
          const end = pace.estimatedEndAt?.getTime() ?? after(seconds).getTime();
          expect(end).toBeGreaterThanOrEqual(after(seconds).getTime());
        },
      ),
    );
  });
});
