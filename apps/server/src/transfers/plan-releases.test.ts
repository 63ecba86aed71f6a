import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChunksInFlight, planReleases, type WaitingJob } from "./plan-releases.ts";

const windows = fc.record({
  connectionChunks: fc.integer({ min: 1, max: 6 }),
  tenantChunks: fc.integer({ min: 1, max: 12 }),
});
const jobs = fc
  .array(fc.record({ connection: fc.integer({ min: 0, max: 2 }), waiting: fc.integer({ min: 1, max: 8 }) }), {
    minLength: 1,
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

/** Plays a tenant: releases, and settles whichever chunk the test names. Counts what it sees on the way. */
function play(waiting: readonly WaitingJob[], shape: { connectionChunks: number; tenantChunks: number }) {
  const left = new Map(waiting.map((job) => [job.jobId, [...job.waitingChunks]]));
  const connectionOf = new Map(waiting.map((job) => [job.jobId, job.connectionId]));
  const servedAt = new Map<string, number>();
  const flying: { jobId: string; chunkNumber: number }[] = [];
  const served: { jobId: string; isFirst: boolean }[] = [];
  const countOf = (jobId: string) => flying.filter((chunk) => chunk.jobId === jobId).length;
  const inFlight = (): ChunksInFlight[] =>
    [...new Set(flying.map(({ jobId }) => jobId))].map((jobId) => ({
      jobId,
      connectionId: connectionOf.get(jobId) ?? "",
      count: countOf(jobId),
    }));
  const release = (): void => {
    const open = waiting
      .map((job) => ({ ...job, waitingChunks: left.get(job.jobId) ?? [] }))
      .filter((job) => job.waitingChunks.length > 0)
      .toSorted((a, b) => (servedAt.get(a.jobId) ?? -1) - (servedAt.get(b.jobId) ?? -1));
    for (const { isFirst, ...chunk } of planReleases({ jobs: open, inFlight: inFlight(), ...shape })) {
      flying.push(chunk);
      left.set(
        chunk.jobId,
        (left.get(chunk.jobId) ?? []).filter((number) => number !== chunk.chunkNumber),
      );
      servedAt.set(chunk.jobId, served.length);
      served.push({ jobId: chunk.jobId, isFirst });
    }
  };
  return {
    served,
    flying,
    release,
    inFlight,
    settle: (index: number) => flying.splice(index % flying.length, 1),
    isOver: () => flying.length === 0 && [...left.values()].every((numbers) => numbers.length === 0),
  };
}

const settlements = fc.array(fc.nat({ max: 100 }), { minLength: 100, maxLength: 100 });

describe("a plan of releases", () => {
  it("never crosses a window, and brings every job to its end, whatever ends when", () => {
    fc.assert(
      fc.property(jobs, windows, settlements, (waiting, shape, order) => {
        const tenant = play(waiting, shape);
        tenant.release();
        for (const index of order) {
          expect(tenant.flying.length).toBeLessThanOrEqual(shape.tenantChunks);
          for (const { connectionId } of waiting) {
            const ofConnection = tenant.inFlight().filter((chunks) => chunks.connectionId === connectionId);
            const count = ofConnection.reduce((sum, chunks) => sum + chunks.count, 0);
            expect(count).toBeLessThanOrEqual(shape.connectionChunks);
          }
          if (tenant.flying.length === 0) break;
          tenant.settle(index);
          tenant.release();
        }
        expect(tenant.isOver()).toBe(true);
      }),
    );
  });

  it("keeps the last free permit of a window for a job that has nothing in flight", () => {
    fc.assert(
      fc.property(jobs, windows, settlements, (waiting, shape, order) => {
        const tenant = play(waiting, shape);
        tenant.release();
        for (const index of order.slice(0, 20)) {
          if (tenant.flying.length === 0) break;
          tenant.settle(index);
          tenant.release();
          if (tenant.flying.length < shape.tenantChunks || shape.tenantChunks === 1) continue;
          // Only first chunks can have filled the window: more jobs are in flight than one.
          expect(tenant.inFlight().length).toBeGreaterThan(1);
        }
      }),
    );
  });

  it("lets no job be served a third time while another that could go waits for its first", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        settlements,
        (count, width, order) => {
          const waiting = Array.from({ length: count }, (_, index) => ({
            jobId: `job_${index}`,
            connectionId: "connection",
            waitingChunks: Array.from({ length: 8 }, (_unused, number) => number),
          }));
          const tenant = play(waiting, { connectionChunks: width, tenantChunks: width });
          tenant.release();
          for (const index of order) {
            if (tenant.flying.length === 0) break;
            const times = waiting.map(
              ({ jobId }) => tenant.served.filter((one) => one.jobId === jobId).length,
            );
            if (times.includes(0)) expect(Math.max(...times)).toBeLessThan(3);
            tenant.settle(index);
            tenant.release();
          }
        },
      ),
    );
  });

  it("says which release is the first of a job with nothing in flight", () => {
    fc.assert(
      fc.property(jobs, windows, (waiting, shape) => {
        const releases = planReleases({ jobs: waiting, inFlight: [], ...shape });
        const seen = new Set<string>();
        for (const { jobId, isFirst } of releases) {
          expect(isFirst).toBe(!seen.has(jobId));
          seen.add(jobId);
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
