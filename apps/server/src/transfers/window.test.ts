import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { transferChunks, transferFolders, transferItems, transferJobs } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { systemClock } from "../platform/index.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import {
  startTransferProcess,
  TEST_LIMITS,
  type TransferProcess,
} from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { beginChunk } from "./begin-chunk.ts";
import { failDeadChunk } from "./fail-dead-chunk.ts";
import { failFolder } from "./fail-folder.ts";
import { itemError } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import { chunkWrites } from "./settle-items.ts";
import { transferShape } from "./transfer-limits.ts";

/** Three chunks a connection and four a tenant, of which the last is for jobs with nothing in flight. */
const LIMITS = { connectionConcurrency: 24, tenantConcurrency: 32 };
const SHAPE = transferShape({ ...TEST_LIMITS, ...LIMITS });
const now = () => new Date(systemClock.now());

let world: TransferWorld;
let process: TransferProcess;
let principal: Principal;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world, { limits: LIMITS });
});
beforeEach(async () => {
  ({ principal } = await makePerson(process.db));
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

const connect = (email: string) => connectAccount(process.connections, { principal, email });

function start(connectionId: string, count: number): Promise<string> {
  return process.transfers.startImport({
    principal,
    connectionId,
    files: Array.from({ length: count }, (_, index) => ({ id: `file_${index}`, name: `${index}.jpg` })),
    tags: [],
    collectionId: null,
    autoDescribe: false,
  });
}

async function released(jobId: string): Promise<number[]> {
  const rows = await process.db
    .select({ number: transferChunks.number })
    .from(transferChunks)
    .where(and(eq(transferChunks.jobId, jobId), eq(transferChunks.state, "released")))
    .orderBy(transferChunks.number);
  return rows.map(({ number }) => number);
}

const take = (jobId: string, chunkNumber: number) =>
  beginChunk(process.db, { tenantId: principal.tenantId, jobId, chunkNumber }, now());

const writesOf = (chunk: NonNullable<Awaited<ReturnType<typeof take>>>) =>
  chunkWrites({ ...process, limits: TEST_LIMITS, shape: SHAPE, now }, chunk);

function failures(chunk: NonNullable<Awaited<ReturnType<typeof take>>>): ItemOutcome[] {
  const error = itemError("not_found");
  return chunk.items.map(({ position }) => ({ state: "failed", position, error }));
}

async function takeAndSettle(jobId: string, chunkNumber: number): Promise<void> {
  const chunk = await take(jobId, chunkNumber);
  if (chunk === null) throw new Error("the chunk could not be taken");
  expect(await writesOf(chunk).settle(failures(chunk), true)).toBe(true);
}

describe("the window", () => {
  it("releases as many chunks of a job as it may have beside others, and the next when one is settled", async () => {
    const jobId = await start(await connect("alice@example.com"), 500);
    expect(await released(jobId)).toEqual([0, 1]);
    await takeAndSettle(jobId, 0);
    expect(await released(jobId)).toEqual([1, 2]);
  });

  it("lets the jobs of a connection take turns, however large they are", async () => {
    const connectionId = await connect("alice@example.com");
    const large = await start(connectionId, 5000);
    const small = await start(connectionId, 60);
    expect([await released(large), await released(small)]).toEqual([[0, 1], [0]]);
    await takeAndSettle(large, 0);
    expect([await released(large), await released(small)]).toEqual([[1], [0]]);
    await takeAndSettle(large, 1);
    expect([await released(large), await released(small)]).toEqual([[2], [0]]);
    await takeAndSettle(small, 0);
    expect([await released(large), await released(small)]).toEqual([[2], [1]]);
    await takeAndSettle(small, 1);
    await takeAndSettle(small, 2);
    expect(await released(large)).toEqual([2, 3]);
  });

  it("holds for the tenant as a whole, and keeps room for each of its connections", async () => {
    const [alice, bob] = [await connect("alice@example.com"), await connect("bob@example.com")];
    const first = await start(alice, 500);
    const second = await start(bob, 500);
    expect([await released(first), await released(second)]).toEqual([[0, 1], [0]]);
    await takeAndSettle(second, 0);
    expect([await released(first), await released(second)]).toEqual([[0, 1], [1]]);
    await takeAndSettle(first, 0);
    await takeAndSettle(first, 1);
    const inFlight = [...(await released(first)), ...(await released(second))];
    expect(inFlight).toHaveLength(SHAPE.tenantChunks - 1);
  });

  it("has the permits of a job back that ended while a worker still held a chunk of it", async () => {
    const jobId = await start(await connect("alice@example.com"), 16);
    const [first, second] = [await take(jobId, 0), await take(jobId, 1)];
    if (first === null || second === null) throw new Error("the chunks could not be taken");
    expect(await writesOf(first).settle(failures(first), false)).toBe(true);
    expect(await writesOf(second).settle(failures(second), true)).toBe(true);
    expect(await writesOf(first).settle([], true)).toBe(false);
    expect(await released(jobId)).toEqual([]);
  });

  it("has the permits of a job back that ended with its last folder", async () => {
    const { tenantId } = principal;
    const connectionId = await connect("alice@example.com");
    const [jobId, other] = [await start(connectionId, 8), await start(connectionId, 500)];
    const folder = { jobId, tenantId, folderId: "folder", name: "n", state: "open" } as const;
    await process.db.insert(transferFolders).values(folder);
    await process.db.update(transferJobs).set({ openFolders: 1 }).where(eq(transferJobs.id, jobId));
    const chunk = await take(jobId, 0);
    if (chunk === null) throw new Error("the chunk could not be taken");
    await writesOf(chunk).settle(failures(chunk), false);
    const parts = { ...process, shape: SHAPE, now: now() };
    await failFolder(parts, { tenantId, jobId, folderId: "folder" }, itemError("not_found"));
    expect([await released(jobId), await released(other)]).toEqual([[], [0, 1]]);
  });

  it("holds when jobs are made and chunks settled at the same time", async () => {
    const connectionId = await connect("alice@example.com");
    const jobs = await Promise.all(Array.from({ length: 6 }, () => start(connectionId, 100)));
    const inFlight = async () => (await Promise.all(jobs.map(released))).flat().length;
    for (let inTheWindow = await inFlight(); inTheWindow > 0; inTheWindow = await inFlight()) {
      expect(inTheWindow).toBeLessThanOrEqual(SHAPE.connectionChunks);
      const chunks = await Promise.all(
        jobs.map(async (jobId) => (await released(jobId)).map((number) => ({ jobId, number }))),
      );
      await Promise.all(chunks.flat().map(({ jobId, number }) => takeAndSettle(jobId, number)));
    }
    for (const jobId of jobs) {
      expect(await process.transfers.getJob({ principal, jobId })).toMatchObject({
        status: "failed",
        counters: { failed: 100 },
      });
    }
  });

  it("gives the room of a job to others with the last of its outcomes, even when no word of its chunk's end comes", async () => {
    const connectionId = await connect("alice@example.com");
    const first = await start(connectionId, 8);
    const second = await start(connectionId, 500);
    expect([await released(first), await released(second)]).toEqual([[0], [0]]);
    const chunk = await take(first, 0);
    if (chunk === null) throw new Error("the chunk could not be taken");
    expect(await writesOf(chunk).settle(failures(chunk), false)).toBe(true);
    expect([await released(first), await released(second)]).toEqual([[], [0, 1]]);
  });

  it("gives the room of cancelled jobs to others of the tenant", async () => {
    const [alice, bob] = [await connect("alice@example.com"), await connect("bob@example.com")];
    const first = await start(alice, 500);
    const second = await start(bob, 500);
    expect([await released(first), await released(second)]).toEqual([[0, 1], [0]]);
    await process.connections.disconnect({ principal, id: alice });
    expect([await released(first), await released(second)]).toEqual([[], [0, 1]]);
  });
});

describe("a chunk that is put back", () => {
  it("frees its permit for the jobs of other connections, and goes on when its pause is over", async () => {
    const [alice, bob] = [await connect("alice@example.com"), await connect("bob@example.com")];
    const first = await start(alice, 500);
    const second = await start(bob, 500);
    expect([await released(first), await released(second)]).toEqual([[0, 1], [0]]);
    for (const number of [0, 1]) {
      const chunk = await take(first, number);
      expect(chunk && (await writesOf(chunk).defer(3600, { code: "storage_unavailable" }))).toBe(true);
    }
    expect([await released(first), await released(second)]).toEqual([[], [0, 1]]);
    expect(await process.transfers.getJob({ principal, jobId: first })).toMatchObject({
      counters: { pending: 500, running: 0 },
    });
    await process.db.execute(sql`update transfer_chunks set not_before = now() where job_id = ${first}`);
    await process.db.execute(sql`update transfer_jobs set paused_until = now() where id = ${first}`);
    await takeAndSettle(second, 0);
    expect(await released(first)).toEqual([0, 1]);
  });
});

describe("a worker that lost its chunk", () => {
  it("cannot write any more, and its writes change nothing", async () => {
    const jobId = await start(await connect("alice@example.com"), 20);
    const old = await take(jobId, 0);
    const current = await take(jobId, 0);
    if (old === null || current === null) throw new Error("the chunk could not be taken");
    expect(current.fencingToken).toBe(old.fencingToken + 1);
    expect(current.items).toHaveLength(old.items.length);
    const before = await process.transfers.getJob({ principal, jobId });
    expect(await writesOf(old).settle(failures(old), true)).toBe(false);
    const reason = itemError("domain_policy");
    expect(await writesOf(old).stop({ endState: "failed", reason })).toBe(false);
    expect(await process.transfers.getJob({ principal, jobId })).toEqual(before);
    expect(await writesOf(current).settle(failures(current), true)).toBe(true);
    expect((await process.transfers.getJob({ principal, jobId })).counters.failed).toBe(current.items.length);
  });

  it("books nothing twice when it repeats a write whose answer got lost", async () => {
    const jobId = await start(await connect("alice@example.com"), 20);
    const chunk = await take(jobId, 0);
    if (chunk === null) throw new Error("the chunk could not be taken");
    const [first] = failures(chunk);
    if (first === undefined) throw new Error("the chunk has no items");
    expect(await writesOf(chunk).settle([first], false)).toBe(true);
    expect(await writesOf(chunk).settle([first], false)).toBe(true);
    const job = await process.transfers.getJob({ principal, jobId });
    expect(job.counters).toMatchObject({ failed: 1, running: chunk.items.length - 1 });
  });

  it("takes nothing of a job that has ended or of a chunk that is settled", async () => {
    const jobId = await start(await connect("alice@example.com"), 100);
    await takeAndSettle(jobId, 0);
    expect(await take(jobId, 0)).toBeNull();
    await takeAndSettle(jobId, 1);
    expect(await take(jobId, 1)).toBeNull();
    expect(await take("job_unknown", 0)).toBeNull();
    const stranger = { tenantId: "ten_other", jobId, chunkNumber: 0 };
    expect(await beginChunk(process.db, stranger, now())).toBeNull();
  });
});

it("fails what is open in a chunk that lost its worker every time, and goes on with the job", async () => {
  const jobId = await start(await connect("alice@example.com"), 500);
  const chunk = await take(jobId, 0);
  await failDeadChunk(
    { ...process, limits: TEST_LIMITS, shape: SHAPE, now },
    { tenantId: principal.tenantId, jobId, chunkNumber: 0 },
  );
  const items = await process.db
    .select({ code: transferItems.errorCode })
    .from(transferItems)
    .where(and(eq(transferItems.jobId, jobId), eq(transferItems.chunkNumber, 0)));
  expect(items).toHaveLength(chunk?.items.length ?? 0);
  expect(new Set(items.map(({ code }) => code))).toEqual(new Set(["worker_lost"]));
  expect(await released(jobId)).toEqual([1, 2]);
});
