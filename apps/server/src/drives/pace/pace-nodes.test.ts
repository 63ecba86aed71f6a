import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALL, createPaceWorld, type PaceJob, type PaceProgress } from "../../testing/pace-world.ts";

const GOOGLE = { userUnitsPerMinute: 325_000, projectUnitsPerMinute: 1_000_000 };
const BULK = { kind: "bulk", unitsLeft: null } as const;
const MINUTE_MS = 60_000;

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Jain's index of fairness: 1 when all have the same. */
function jainOf(amounts: readonly number[]): number {
  const sum = amounts.reduce((all, amount) => all + amount, 0);
  return sum ** 2 / (amounts.length * amounts.reduce((all, amount) => all + amount ** 2, 0));
}

const jobs = fc.array(
  fc.record({
    node: fc.nat({ max: 2 }),
    account: fc.constantFrom("a", "b", "c"),
    work: fc.constantFrom<PaceJob["work"]>({ kind: "interactive" }, { kind: "small" }, BULK),
    units: fc.constantFrom(5, 50, 100, 200, 250),
    calls: fc.integer({ min: 1, max: 3_000 }),
    atOnce: fc.integer({ min: 1, max: 64 }),
    callMs: fc.integer({ min: 1, max: 2_000 }),
    beginsMs: fc.nat({ max: 90_000 }),
  }),
  { minLength: 1, maxLength: 8 },
);

describe("nodes that share an account and a project", () => {
  it("never spend more than the limits in any sliding minute, whatever happens to their store", async () => {
    const limits = fc.record({
      userUnitsPerMinute: fc.option(fc.integer({ min: 4_000, max: 60_000 })),
      projectUnitsPerMinute: fc.option(fc.integer({ min: 4_000, max: 100_000 })),
    });
    const weather = fc.record({
      seed: fc.integer(),
      longestStoreMs: fc.constantFrom(2, 50, 1_000, 3_000),
      lostPart: fc.constantFrom(0, 0.02, 0.2),
    });
    await fc.assert(
      fc.asyncProperty(limits, weather, jobs, async (quotas, { seed, longestStoreMs, lostPart }, wanted) => {
        const random = randomOf(seed);
        const world = createPaceWorld({
          quotas,
          nodes: 3,
          skewMs: (node) => node * 1_234_567,
          storeMs: () => random() * longestStoreMs,
          isLost: () => random() < lostPart,
          wayMs: () => random() * 200,
          random,
        });
        for (const job of wanted) world.time.after(job.beginsMs, () => world.run(job));
        await world.time.run(3 * MINUTE_MS);
        for (const [name, peak] of world.peaks) {
          const limit = name === ALL ? quotas.projectUnitsPerMinute : quotas.userUnitsPerMinute;
          if (limit !== null) expect(peak).toBeLessThanOrEqual(limit);
        }
        expect(world.counts.refused).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  it("starve nobody: every kind of work of every account on every node goes on", async () => {
    const world = createPaceWorld({ quotas: GOOGLE, nodes: 2, random: randomOf(1) });
    const all: PaceProgress[] = [];
    for (const node of [0, 1]) {
      for (const account of ["a", "b", "c", "d"]) {
        for (const work of [BULK, { kind: "small" }, { kind: "interactive" }] as const) {
          all.push(world.run({ node, account, work, atOnce: 32 }));
        }
      }
    }
    await world.time.run(MINUTE_MS);
    for (let round = 0; round < 4; round += 1) {
      const before = all.map(({ calls }) => calls);
      await world.time.run(MINUTE_MS);
      // Whoever was told to come back has gone, and is not meant.
      const stuck = all.filter(
        ({ calls, failures }, place) => calls === before[place] && failures.length === 0,
      );
      expect(stuck).toEqual([]);
    }
  });
});

describe("a job that is larger than the minute", () => {
  it("goes at 95% of the limit and more from its first minute on, over two nodes, and is never refused", async () => {
    const world = createPaceWorld({ quotas: GOOGLE, nodes: 2, random: randomOf(2) });
    const halves = [0, 1].map((node) => world.run({ node, account: "a", work: BULK, atOnce: 32 }));
    for (let minute = 0; minute < 4; minute += 1) {
      const before = halves.map(({ calls }) => calls);
      await world.time.run(MINUTE_MS);
      const calls = halves.reduce((sum, half, place) => sum + half.calls - (before[place] ?? 0), 0);
      expect(calls * 200).toBeGreaterThanOrEqual(0.95 * 325_000);
    }
    expect(world.counts.refused).toBe(0);
  });

  it("is smooth: no second has more than twice the line", async () => {
    const world = createPaceWorld({ quotas: GOOGLE, random: randomOf(3) });
    const job = world.run({ account: "a", work: BULK });
    await world.time.run(2 * MINUTE_MS);
    const bySecond = new Map<number, number>();
    for (const atMs of job.startedMs) {
      const second = Math.floor(atMs / 1000);
      bySecond.set(second, (bySecond.get(second) ?? 0) + 200);
    }
    expect(Math.max(...bySecond.values())).toBeLessThanOrEqual((2 * 325_000) / 60);
  });
});

describe("a job that fits into what is left", () => {
  it("hurries", async () => {
    const world = createPaceWorld({ quotas: GOOGLE, random: randomOf(4) });
    const job = world.run({ account: "a", work: BULK, calls: 1_000 });
    await world.time.run(3_000);
    expect(job.calls).toBe(1_000);
  });

  it("hurries past an endless one of the same account", async () => {
    const world = createPaceWorld({ quotas: GOOGLE, random: randomOf(5) });
    world.run({ account: "a", work: BULK });
    await world.time.run(2_000);
    const job = world.run({ account: "a", work: BULK, calls: 300, atOnce: 32 });
    await world.time.run(5_000);
    expect(job.calls).toBe(300);
  });
});

describe("ten users at the project's limit", () => {
  it("get equal shares of nearly all of it, and a small import of another goes through at once", async () => {
    const world = createPaceWorld({ quotas: GOOGLE, nodes: 2, random: randomOf(6) });
    const all = Array.from({ length: 10 }, (_unused, place) =>
      world.run({ account: `user ${place}`, node: place % 2, work: BULK, atOnce: place === 0 ? 64 : 12 }),
    );
    await world.time.run(MINUTE_MS);
    const begunAtMs = world.time.now();
    const small = world.run({ account: "another", work: { kind: "small" }, calls: 3, atOnce: 3 });
    await world.time.run(MINUTE_MS);
    const calls = all.map((job) => job.calls);
    expect(jainOf(calls)).toBeGreaterThan(0.99);
    const units = calls.reduce((sum, count) => sum + count * 200, 0);
    expect(units).toBeGreaterThanOrEqual(0.95 * 2 * 1_000_000);
    expect((small.endedMs ?? Number.POSITIVE_INFINITY) - begunAtMs).toBeLessThan(1_000);
    expect(world.counts.refused).toBe(0);
  });

  it("leave what one does not use to the others", async () => {
    const world = createPaceWorld({
      quotas: { userUnitsPerMinute: null, projectUnitsPerMinute: 100_000 },
      random: randomOf(7),
    });
    const slow = world.run({ account: "slow", work: BULK, atOnce: 1, callMs: 1_000 });
    const quick = world.run({ account: "quick", work: BULK });
    await world.time.run(2 * MINUTE_MS);
    expect(slow.calls).toBeGreaterThan(100);
    expect((slow.calls + quick.calls) * 200).toBeGreaterThanOrEqual(0.93 * 200_000);
  });
});

describe("a node that is idle", () => {
  it("gives back what it held, so that another can have all of it at once", async () => {
    const world = createPaceWorld({ quotas: GOOGLE, nodes: 2, random: randomOf(8) });
    world.run({ node: 0, account: "a", work: BULK, calls: 100 });
    await world.time.run(1_000);
    const rest = world.run({ node: 1, account: "a", work: BULK, calls: 1_400 });
    await world.time.run(5_000);
    expect(rest.calls).toBe(1_400);
  });
});
