import { describe, expect, it } from "vitest";
import { createPaceWorld, type PaceProgress, rateAnswer } from "../../testing/pace-world.ts";

const GOOGLE = { userUnitsPerMinute: 325_000, projectUnitsPerMinute: 1_000_000 };
const UNCOUNTED = { userUnitsPerMinute: null, projectUnitsPerMinute: null };
const BULK = { kind: "bulk", unitsLeft: null } as const;
const INTERACTIVE = { kind: "interactive" } as const;
const MINUTE_MS = 60_000;

/** Calls that were let go from then on, for so long. */
function startedBetween({ startedMs }: PaceProgress, fromMs: number, toMs: number): number {
  return startedMs.filter((atMs) => atMs >= fromMs && atMs < toMs).length;
}

describe("a rate answer", () => {
  it("fails no bulk call: all of them go again until they are through", async () => {
    const world = createPaceWorld({ quotas: UNCOUNTED });
    let refusals = 0;
    world.refuse = () => {
      refusals += 1;
      return refusals <= 100 ? rateAnswer() : null;
    };
    const job = world.run({ account: "a", work: BULK, calls: 500 });
    await world.time.run(10 * MINUTE_MS);
    expect(job.failures).toEqual([]);
    expect(job.calls).toBe(500);
  });

  it("with a time holds the whole account until then, on every node, and no other account", async () => {
    const world = createPaceWorld({ quotas: GOOGLE, nodes: 2 });
    const here = world.run({ account: "a", node: 0, work: BULK });
    const there = world.run({ account: "a", node: 1, work: BULK });
    const other = world.run({ account: "b", node: 0, work: BULK });
    await world.time.run(5_000);
    let toldAtMs = 0;
    world.refuse = ({ account }) => {
      if (account !== "a" || toldAtMs !== 0) return null;
      toldAtMs = world.time.now();
      return rateAnswer({ retryAfterMs: 60_000 });
    };
    await world.time.run(MINUTE_MS + 30_000);
    const heardAtMs = toldAtMs + 200;
    expect(startedBetween(here, heardAtMs, toldAtMs + 60_000)).toBe(0);
    expect(startedBetween(there, heardAtMs, toldAtMs + 60_000)).toBe(0);
    expect(startedBetween(other, heardAtMs, toldAtMs + 60_000)).toBeGreaterThan(100);
    const endMs = world.time.now();
    expect(startedBetween(here, toldAtMs + 60_000, endMs)).toBeGreaterThan(100);
    expect(startedBetween(there, toldAtMs + 60_000, endMs)).toBeGreaterThan(100);
  });

  it("with a time beyond all patience lets bulk work put itself aside for exactly so long", async () => {
    const world = createPaceWorld({ quotas: GOOGLE });
    world.refuse = () => rateAnswer({ retryAfterMs: 3_600_000 });
    const job = world.run({ account: "a", work: BULK, atOnce: 4 });
    await world.time.run(1_000);
    expect(job.failures).toHaveLength(4);
    for (const failure of job.failures) {
      expect(failure).toMatchObject({ kind: "try_later", rateLimited: true });
      expect((failure as { pauseMs: number }).pauseMs).toBeGreaterThan(3_590_000);
    }
  });

  it("of a slow kind holds the account for ten seconds at the least", async () => {
    const world = createPaceWorld({ quotas: UNCOUNTED, random: () => 0 });
    let atMs = 0;
    world.refuse = () => {
      if (atMs !== 0) return null;
      atMs = world.time.now();
      return rateAnswer({ reason: "slow" });
    };
    const job = world.run({ account: "a", work: BULK, atOnce: 1 });
    await world.time.run(30_000);
    expect(startedBetween(job, atMs + 1, atMs + 10_000)).toBe(0);
    expect(startedBetween(job, atMs + 10_000, world.time.now())).toBeGreaterThan(10);
  });
});

describe("an interactive call", () => {
  it("gets through at once while a bulk job takes all that it can", async () => {
    const world = createPaceWorld({ quotas: GOOGLE });
    world.run({ account: "a", work: BULK, callMs: 2_000, atOnce: 200 });
    await world.time.run(2 * MINUTE_MS);
    const begunAtMs = world.time.now();
    const look = world.run({ account: "a", work: INTERACTIVE, units: 100, calls: 10, atOnce: 1 });
    await world.time.run(5_000);
    expect(look).toMatchObject({ calls: 10, failures: [] });
    expect((look.endedMs ?? Number.POSITIVE_INFINITY) - begunAtMs).toBeLessThan(10 * 50 + 200);
  });

  it("is told when to come back, rather than kept, when the account has to wait longer than five seconds", async () => {
    const world = createPaceWorld({ quotas: GOOGLE });
    world.refuse = () => rateAnswer({ retryAfterMs: 30_000 });
    world.run({ account: "a", work: INTERACTIVE, calls: 1 });
    await world.time.run(1_000);
    const look = world.run({ account: "a", work: INTERACTIVE, calls: 1 });
    await world.time.run(100);
    expect(look.failures).toMatchObject([{ kind: "try_later", rateLimited: true, pauseMs: null }]);
    expect((look.failures[0] as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(28_000);
  });

  it("waits no longer than five seconds for units that do not come", async () => {
    const world = createPaceWorld({ quotas: { userUnitsPerMinute: 1_000, projectUnitsPerMinute: null } });
    const looks = world.run({ account: "a", work: INTERACTIVE, units: 100, atOnce: 30, calls: 30 });
    await world.time.run(5_100);
    expect(looks.calls + looks.failures.length).toBe(30);
    expect(looks.failures.length).toBeGreaterThan(15);
    expect(looks.failures[0]).toMatchObject({ kind: "try_later", rateLimited: true });
  });
});

describe("a call that is given up while it waits", () => {
  it("ends with the reason, and takes nothing from the others", async () => {
    const world = createPaceWorld({ quotas: { userUnitsPerMinute: 4_000, projectUnitsPerMinute: null } });
    world.run({ account: "a", work: BULK });
    await world.time.run(30_000);
    const abort = new AbortController();
    const pace = world.nodes[0]?.of({ oauthClientId: "a client", providerUserId: "a" });
    const request = { units: 200, work: BULK, isUpload: false };
    const ended = expect(pace?.acquire(request, abort.signal)).rejects.toThrow("enough");
    abort.abort(new Error("enough"));
    await ended;
  });
});

describe("uploads that are refused over and over", () => {
  it("are put aside after some ten minutes, on all nodes, until one that looks comes through", async () => {
    const world = createPaceWorld({ quotas: GOOGLE, nodes: 2 });
    let isOver = false;
    world.refuse = ({ isUpload }) => (isUpload && !isOver ? rateAnswer() : null);
    const uploads = world.run({ account: "a", work: BULK, isUpload: true, units: 50, atOnce: 4 });
    const downloads = world.run({ account: "a", work: BULK, atOnce: 2, callMs: 2_000 });
    await world.time.run(9 * MINUTE_MS);
    expect(uploads.failures).toEqual([]);
    await world.time.run(6 * MINUTE_MS);
    expect(uploads.failures).toHaveLength(4);
    expect(uploads.failures[0]).toMatchObject({ kind: "try_later", reason: "upload_limit_day" });
    expect((uploads.failures[0] as { pauseMs: number }).pauseMs).toBeGreaterThan(0);

    const elsewhere = world.run({ account: "a", node: 1, work: BULK, isUpload: true, atOnce: 1 });
    await world.time.run(1_000);
    expect(elsewhere.failures).toMatchObject([{ reason: "upload_limit_day" }]);
    // A quarter of an hour of downloads at one a second went on beside it.
    expect(downloads.failures).toEqual([]);
    expect(downloads.calls).toBeGreaterThan(15 * 60 * 0.9);

    isOver = true;
    await world.time.run(65 * MINUTE_MS);
    const again = world.run({ account: "a", node: 1, work: BULK, isUpload: true, calls: 1, atOnce: 1 });
    await world.time.run(2_000);
    expect(again).toMatchObject({ calls: 1, failures: [] });
    const all = world.run({ account: "a", node: 0, work: BULK, isUpload: true, calls: 50, atOnce: 10 });
    await world.time.run(MINUTE_MS);
    expect(all).toMatchObject({ calls: 50, failures: [] });
  }, 20_000);
});
