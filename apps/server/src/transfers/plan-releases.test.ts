import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planReleases, type WaitingJob } from "./plan-releases.ts";

const windows = fc.record({
  connectionChunks: fc.integer({ min: 1, max: 6 }),
  tenantChunks: fc.integer({ min: 1, max: 12 }),
});
const jobs = fc
  .array(fc.record({ connection: fc.integer({ min: 0, max: 2 }), waiting: fc.integer({ min: 1, max: 8 }) }), {
    maxLength: 8,
  })
  .map((list) =>
    list.map(
      ({ connection, waiting }, index): WaitingJob => ({
        jobId: `job_${index}`,
        connectionId: `connection_${connection}`,
        waitingChunks: Array.from({ length: waiting }, (_, number) => number),
      }),
    ),
  );

describe("a plan of releases", () => {
  it("never crosses a window, and leaves no room that a waiting chunk could use", () => {
    fc.assert(
      fc.property(jobs, windows, (waiting, shape) => {
        const releases = planReleases({ jobs: waiting, inFlight: [], ...shape });
        expect(releases.length).toBeLessThanOrEqual(shape.tenantChunks);
        const connectionOf = new Map(waiting.map((job) => [job.jobId, job.connectionId]));
        const isFull = (connectionId: string) =>
          releases.filter(({ jobId }) => connectionOf.get(jobId) === connectionId).length ===
          shape.connectionChunks;
        const leftOver = waiting.filter(
          (job) => releases.filter(({ jobId }) => jobId === job.jobId).length < job.waitingChunks.length,
        );
        const hasRoom = releases.length < shape.tenantChunks;
        expect(leftOver.filter((job) => hasRoom && !isFull(job.connectionId))).toEqual([]);
        for (const { connectionId } of waiting) {
          const count = releases.filter(({ jobId }) => connectionOf.get(jobId) === connectionId).length;
          expect(count).toBeLessThanOrEqual(shape.connectionChunks);
        }
      }),
    );
  });

  it("releases the chunks of a job in their order, each once", () => {
    fc.assert(
      fc.property(jobs, windows, (waiting, shape) => {
        const releases = planReleases({ jobs: waiting, inFlight: [], ...shape });
        for (const job of waiting) {
          const numbers = releases
            .filter(({ jobId }) => jobId === job.jobId)
            .map(({ chunkNumber }) => chunkNumber);
          expect(numbers).toEqual(job.waitingChunks.slice(0, numbers.length));
        }
      }),
    );
  });

  it("gives jobs of one connection the same share, whatever is in flight", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 5 }), (counts) => {
        const connectionId = "connection";
        const total = counts.reduce((sum, count) => sum + count, 0);
        const releases = planReleases({
          jobs: counts.map((_, index) => ({
            jobId: `job_${index}`,
            connectionId,
            waitingChunks: Array.from({ length: 40 }, (_unused, number) => number),
          })),
          inFlight: counts.flatMap((count, index) =>
            count === 0 ? [] : [{ jobId: `job_${index}`, connectionId, count }],
          ),
          connectionChunks: total + 40,
          tenantChunks: total + 40,
        });
        const shares = counts.map(
          (count, index) => count + releases.filter(({ jobId }) => jobId === `job_${index}`).length,
        );
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
