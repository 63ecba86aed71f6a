import { createHash } from "node:crypto";
import fc from "fast-check";
import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDiskBlobStore } from "../blobs/index.ts";
import { transferChunks, transferJobs } from "../db/index.ts";
import { blobKeyOf } from "../library/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError, systemClock } from "../platform/index.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import {
  startTransferProcess,
  TEST_LIMITS,
  type TransferProcess,
} from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { beginChunk, type TakenChunk } from "./begin-chunk.ts";
import { failDeadChunk } from "./fail-dead-chunk.ts";
import { itemError } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import { releaseChunks } from "./release-chunks.ts";
import { chunkWrites } from "./settle-items.ts";
import { transferShape } from "./transfer-limits.ts";

/*
 * Whatever happens to jobs in whatever order, every moment keeps the promises. Nobody takes messages from the queue
 * here: the test is all workers at once, those that have lost their chunk included.
 */

const LIMITS = { ...TEST_LIMITS, connectionConcurrency: 24, tenantConcurrency: 32 };
const SHAPE = transferShape(LIMITS);
const RUNS = 20;
const now = () => new Date(systemClock.now());

type Event =
  | { readonly kind: "start"; readonly files: number }
  | { readonly kind: "take" | "defer" | "stop" | "die" | "cancel" | "retry"; readonly pick: number }
  | {
      readonly kind: "settle";
      readonly pick: number;
      readonly share: number;
      readonly isLast: boolean;
      readonly seed: number;
    }
  | { readonly kind: "wake" | "lose the grant" };

const pick = fc.nat(1000);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("start"), files: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("take"), pick }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("settle"),
      pick,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      isLast: fc.boolean(),
      seed: fc.nat(1000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("defer", "stop", "die", "cancel"), pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("retry"), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("wake", "lose the grant") }) },
);

let world: TransferWorld;
let process: TransferProcess;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world, { limits: LIMITS });
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

it("random events leave every counter right, every window kept and no job behind", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), async (events) => {
      const { principal } = await makePerson(process.db);
      const connectionId = await connectAccount(process.connections, {
        principal,
        email: "alice@example.com",
      });
      const story = createStory(principal, connectionId);
      for (const happening of events) {
        await story.happen(happening);
        expect(await faultsOf(principal)).toEqual([]);
      }
      await story.workToTheEnd();
      expect(await faultsOf(principal)).toEqual([]);
      expect(await openOf(principal)).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

function createStory({ tenantId, ...rest }: Principal, connectionId: string) {
  const principal: Principal = { tenantId, ...rest };
  const { db, queue, transfers, library } = process;
  const held: TakenChunk[] = [];
  const blobs = createDiskBlobStore({ directory: world.blobDirectory });
  const parts = { db, queue, library, blobs, limits: LIMITS, shape: SHAPE, now };
  const writesOf = (chunk: TakenChunk) => chunkWrites(parts, chunk);
  const chosen = <Entry>(entries: readonly Entry[], number: number) => entries[number % entries.length];
  const jobIds = async () =>
    (
      await db
        .select({ id: transferJobs.id })
        .from(transferJobs)
        .where(eq(transferJobs.tenantId, tenantId))
        .orderBy(transferJobs.id)
    ).map(({ id }) => id);
  const releasedChunks = () =>
    db
      .select({ jobId: transferChunks.jobId, chunkNumber: transferChunks.number })
      .from(transferChunks)
      .where(and(eq(transferChunks.tenantId, tenantId), eq(transferChunks.state, "released")))
      .orderBy(transferChunks.jobId, transferChunks.number);

  /** What the message does that comes when a pause is over. */
  async function wake(): Promise<void> {
    await db.update(transferChunks).set({ notBefore: null }).where(eq(transferChunks.tenantId, tenantId));
    await db.transaction((tx) => releaseChunks(tx, { tenantId, queue, shape: SHAPE }));
  }

  async function take(number: number): Promise<TakenChunk | null> {
    const place = chosen(await releasedChunks(), number);
    const chunk = place === undefined ? null : await beginChunk(db, { tenantId, ...place }, now());
    if (chunk !== null) held.push(chunk);
    return chunk;
  }

  /** Whether the chunk is with nobody else by now, and was neither put back nor settled. */
  async function holds({ job, chunkNumber, fencingToken }: TakenChunk): Promise<boolean> {
    const rows = await db
      .select({ fencingToken: transferChunks.fencingToken })
      .from(transferChunks)
      .where(
        and(
          eq(transferChunks.jobId, job.id),
          eq(transferChunks.number, chunkNumber),
          eq(transferChunks.state, "released"),
        ),
      );
    return rows[0]?.fencingToken === fencingToken;
  }

  async function happen(happening: Event): Promise<void> {
    switch (happening.kind) {
      case "start":
        await startImport(principal, connectionId, happening.files);
        return;
      case "take":
        await take(happening.pick);
        return;
      case "settle": {
        const chunk = chosen(held, happening.pick);
        if (chunk === undefined) return;
        const count = happening.isLast
          ? chunk.items.length
          : Math.floor(chunk.items.length * happening.share);
        const outcomes = chunk.items.slice(0, count).map((item) => outcomeOf(chunk, item, happening.seed));
        const isHolder = await holds(chunk);
        expect(await writesOf(chunk).settle(outcomes, happening.isLast)).toBe(isHolder);
        return;
      }
      case "defer": {
        const chunk = chosen(held, happening.pick);
        if (chunk !== undefined) await writesOf(chunk).defer(60, { code: "provider_failed" });
        return;
      }
      case "stop": {
        const chunk = chosen(held, happening.pick);
        const reason = itemError("folder_full");
        if (chunk !== undefined) await writesOf(chunk).stop({ endState: "failed", reason });
        return;
      }
      case "die": {
        const place = chosen(await releasedChunks(), happening.pick);
        if (place !== undefined) await failDeadChunk(parts, { tenantId, ...place });
        return;
      }
      case "cancel":
      case "retry": {
        const jobId = chosen(await jobIds(), happening.pick);
        if (jobId === undefined) return;
        const wanted = { principal, jobId };
        await orRefused(
          happening.kind === "cancel" ? transfers.cancelJob(wanted) : transfers.retryJob(wanted),
        );
        return;
      }
      case "wake":
        await wake();
        return;
      case "lose the grant":
        await db.transaction((tx) => transfers.stopJobsForReauth(tx, { tenantId, connectionId }));
    }
  }

  return {
    happen,
    /** Workers without faults do what is left. */
    async workToTheEnd(): Promise<void> {
      for (;;) {
        await wake();
        const chunk = await take(0);
        if (chunk === null) return;
        const outcomes = chunk.items.map((item) => outcomeOf(chunk, item, 1));
        expect(await writesOf(chunk).settle(outcomes, true)).toBe(true);
      }
    },
  };
}

/** A retry of a job that runs, or the cancelling of one that has ended, is refused and changes nothing. */
async function orRefused(change: Promise<unknown>): Promise<void> {
  await change.catch((error: unknown) => {
    if (!(error instanceof DrivewayError)) throw error;
  });
}

function startImport(principal: Principal, connectionId: string, count: number): Promise<string> {
  const files = Array.from({ length: count }, (_, index) => ({ id: `file_${index}`, name: `${index}.jpg` }));
  const options = { tags: [], collectionId: null, autoDescribe: false };
  return process.transfers.startImport({ principal, connectionId, files, ...options });
}

/** Some fail, and some bring what others have brought. */
function outcomeOf(chunk: TakenChunk, item: TakenChunk["items"][number], seed: number): ItemOutcome {
  const { position, imageId, name } = item;
  const { tenantId, userId } = chunk.job;
  if ((position + seed) % 5 === 0) return { state: "failed", position, error: itemError("not_found") };
  const sha256 = createHash("sha256")
    .update(`content ${(position * 7 + seed) % 40}`)
    .digest("hex");
  const image = {
    id: imageId,
    tenantId,
    createdBy: userId,
    filename: name,
    description: null,
    descriptionStatus: "skipped",
    mediaType: "image/png",
    format: "png",
    sizeBytes: 100,
    width: null,
    height: null,
    sha256,
    md5: null,
    tags: [],
    collectionId: null,
    blobKey: blobKeyOf({ tenantId, imageId, fencingToken: chunk.fencingToken }),
    source: null,
    takenAt: null,
  } as const;
  return { state: "imported", position, bytes: 100, image };
}

/** Jobs whose counters are not their rows', that ended too early or not at all, and windows that are too full. */
async function faultsOf({ tenantId }: Principal): Promise<unknown[]> {
  const { rows } = await process.db.execute(sql`
    select job.id, job.status, counted.* from transfer_jobs job
    join lateral (
      select count(*) filter (where state = 'pending')::int as pending, count(*) filter (where state = 'running')::int as running,
        count(*) filter (where state = 'done')::int as done, count(*) filter (where state = 'skipped')::int as skipped,
        count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'cancelled')::int as cancelled,
        coalesce(sum(bytes_done), 0)::int as bytes
      from transfer_items item where item.job_id = job.id
    ) counted on true
    where job.tenant_id = ${tenantId} and (
      (job.pending_items, job.running_items, job.done_items, job.skipped_items, job.failed_items, job.cancelled_items, job.bytes_done)
        is distinct from (pending, running, done, skipped, failed, cancelled, bytes)
      or (job.completed_at is null) <> (pending + running > 0)
      or (job.completed_at is null) <> (job.status in ('pending', 'processing'))
    )`);
  const windows = await process.db.execute(sql`
    select count(*)::int as count from transfer_chunks
    where tenant_id = ${tenantId} and state = 'released'
    having count(*) > ${Math.min(SHAPE.connectionChunks, SHAPE.tenantChunks)}`);
  const twice = await process.db.execute(sql`
    select sha256, count(*)::int from images where tenant_id = ${tenantId} group by sha256 having count(*) > 1`);
  const astray = await process.db.execute(sql`
    select item.position from transfer_items item join transfer_chunks chunk
      on chunk.job_id = item.job_id and chunk.number = item.chunk_number
    where item.tenant_id = ${tenantId} and item.state in ('pending', 'running') and chunk.state = 'settled'`);
  return [...rows, ...windows.rows, ...twice.rows, ...astray.rows];
}

async function openOf({ tenantId }: Principal): Promise<unknown[]> {
  const { rows } = await process.db.execute(sql`
    select id from transfer_jobs where tenant_id = ${tenantId} and completed_at is null
    union all
    select job_id from transfer_chunks where tenant_id = ${tenantId} and state <> 'settled'`);
  return rows;
}
