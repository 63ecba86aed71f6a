import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { transferChunks, transferJobs } from "../db/index.ts";
import { systemClock } from "../platform/index.ts";
import { sitDown, startImportBench } from "../testing/start-import-bench.ts";
import { TEST_LIMITS } from "../testing/start-transfer-process.ts";
import { testLog } from "../testing/test-log.ts";
import type { ChunkRun } from "./chunk-run.ts";
import { describeAhead } from "./describe-ahead.ts";
import { takeTurn } from "./release-chunks.ts";
import { transferShape } from "./transfer-limits.ts";

let room: Awaited<ReturnType<typeof startImportBench>>;

beforeAll(async () => {
  room = await startImportBench({ isWorking: false, limits: { connectionConcurrency: 16 } });
});
afterAll(() => room.stop());

it("a chunk that is settled ahead is not locked while its describer waits for the tenant's turn", async () => {
  const bench = await sitDown(room);
  const { db } = room.process;
  const jobId = await bench.start(Array.from({ length: 16 }, (_, index) => `missing_${index}`));
  const [job] = await db.select().from(transferJobs).where(eq(transferJobs.id, jobId));
  if (job === undefined) throw new Error("the job is not there");
  const properties = room.process.connections.propertiesOf(job.provider);
  const drive = await room.process.connections.driveFor(job);
  const run = {
    ...room.process,
    chunk: { job },
    drive,
    properties,
    clock: systemClock,
    limits: TEST_LIMITS,
    shape: transferShape(TEST_LIMITS),
    signal: new AbortController().signal,
    log: testLog(),
  } as unknown as ChunkRun;
  const waits = async () =>
    (await db.execute(sql`select from pg_locks where locktype = 'advisory' and not granted`)).rowCount;
  const describing = await db.transaction(async (tx) => {
    await takeTurn(tx, bench.principal.tenantId);
    const begun = describeAhead(run);
    await expect.poll(waits, { timeout: 10_000 }).toBe(1);
    // As one who has the turn does to every chunk that it releases.
    const chunks = tx.select().from(transferChunks).where(eq(transferChunks.jobId, jobId));
    expect(await chunks.for("update", { noWait: true })).toHaveLength(2);
    return { begun };
  });
  await describing.begun;
  const chunks = await db.select().from(transferChunks).where(eq(transferChunks.jobId, jobId));
  expect(chunks.map(({ state }) => state).sort()).toEqual(["released", "settled"]);
});
