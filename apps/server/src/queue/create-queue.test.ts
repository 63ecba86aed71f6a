import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { connectDatabase, createNotifications } from "../db/index.ts";
import { createLog } from "../platform/index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createQueue } from "./create-queue.ts";
import type { Delivery, Queue } from "./queue.ts";
import type { ChunkMessage } from "./queues.ts";

const log = createLog({ level: "silent", pretty: false });

let database: TestDatabase;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
});
afterAll(() => database.drop());

/** A process of its own, as far as the queue can tell. */
async function startProcess() {
  const { connectionString } = database;
  const connection = connectDatabase({ connectionString, poolSize: 5, applicationName: "test", log });
  const notifications = createNotifications({ connectionString, log });
  const queue = await createQueue({ pool: connection.pool, notifications, log });
  let stopped: Promise<void> | null = null;
  const stop = async (graceMs: number): Promise<void> => {
    await queue.stop({ graceMs });
    await notifications.close();
    await connection.close();
  };
  const stopOnce = (graceMs = 0): Promise<void> => (stopped ??= stop(graceMs));
  open.push({ close: () => stopOnce() });
  return { queue, db: connection.db, stop: stopOnce };
}

let jobCount = 0;
function newMessage(): ChunkMessage {
  jobCount += 1;
  return { tenantId: "ten_1", jobId: `job_${jobCount}`, chunkNumber: 0 };
}

/** Collects what a queue delivers. */
function collect(queue: Queue, options: { concurrency: number } = { concurrency: 4 }) {
  const seen: ChunkMessage[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  queue.work("transfer-chunk", options, async (message) => {
    seen.push(message);
    for (const { count, resolve } of waiting) if (seen.length >= count) resolve();
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      waiting.push({ count, resolve });
      if (seen.length >= count) resolve();
    });
  return { seen, until };
}

it("is made once by processes that start together", async () => {
  const processes = await Promise.all([startProcess(), startProcess(), startProcess()]);
  expect(processes).toHaveLength(3);
});

it("keeps a message that nobody takes while the service is switched off for a month", async () => {
  const { queue, db, stop } = await startProcess();
  const message = newMessage();
  await queue.send(db, "transfer-chunk", message);
  await stop();
  const later = await startProcess();
  await later.db.execute(sql`
    update queue.job set created_on = created_on - interval '30 days', start_after = start_after - interval '30 days',
      keep_until = keep_until - interval '30 days'
    where data ->> 'jobId' = ${message.jobId}`);
  const expired = sql`select from queue.job where keep_until < now() and data ->> 'jobId' = ${message.jobId}`;
  expect((await later.db.execute(expired)).rowCount).toBe(0);
  const { seen, until } = collect(later.queue);
  await until(1);
  expect(seen).toEqual([message]);
});

it("delivers a message when its transaction commits, and never when it is rolled back", async () => {
  const { queue, db } = await startProcess();
  const { seen, until } = collect(queue);
  const [kept, dropped] = [newMessage(), newMessage()];
  await expect(
    db.transaction(async (tx) => {
      await queue.send(tx, "transfer-chunk", dropped);
      throw new Error("rolled back");
    }),
  ).rejects.toThrow("rolled back");
  await db.transaction((tx) => queue.send(tx, "transfer-chunk", kept));
  await until(1);
  expect(seen).toEqual([kept]);
});

it("hands many messages of one statement to all processes, each once", async () => {
  const [first, second] = [await startProcess(), await startProcess()];
  const messages = Array.from({ length: 300 }, newMessage);
  const [left, right] = [collect(first.queue), collect(second.queue)];
  await first.queue.sendAll(first.db, "transfer-chunk", messages);
  await expect.poll(() => left.seen.length + right.seen.length, { timeout: 20_000 }).toBe(300);
  const ids = [...left.seen, ...right.seen].map(({ jobId }) => jobId);
  expect(new Set(ids).size).toBe(300);
});

it("never runs more handlers at a time than it was told", async () => {
  const { queue, db } = await startProcess();
  let running = 0;
  let most = 0;
  let ended = 0;
  await queue.sendAll(db, "transfer-chunk", Array.from({ length: 40 }, newMessage));
  queue.work("transfer-chunk", { concurrency: 3 }, async () => {
    running += 1;
    most = Math.max(most, running);
    await delay(5);
    running -= 1;
    ended += 1;
  });
  await expect.poll(() => ended, { timeout: 20_000 }).toBe(40);
  expect(most).toBe(3);
});

it("delivers a message again when its handler threw, and counts the deliveries", async () => {
  const { queue, db } = await startProcess();
  const attempts: number[] = [];
  queue.work("transfer-chunk", { concurrency: 1 }, async (_message, { attempt }) => {
    attempts.push(attempt);
    if (attempt < 3) throw new Error("not yet");
  });
  await queue.send(db, "transfer-chunk", newMessage());
  await expect.poll(() => attempts, { timeout: 20_000 }).toEqual([1, 2, 3]);
});

it("gives an unfinished message back when it stops, to be delivered at once", async () => {
  const [first, second] = [await startProcess(), await startProcess()];
  const message = newMessage();
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  first.queue.work("transfer-chunk", { concurrency: 1 }, async (_message, { signal }) => {
    begun();
    await delay(60_000, undefined, { signal });
  });
  await first.queue.send(first.db, "transfer-chunk", message);
  await hasBegun;
  await first.stop(0);
  const { seen, until } = collect(second.queue);
  await until(1);
  expect(seen).toEqual([message]);
});

it("waits for handlers that end in time when it stops", async () => {
  const own = await startProcess();
  let ended = false;
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  own.queue.work("transfer-chunk", { concurrency: 1 }, async () => {
    begun();
    await delay(300);
    ended = true;
  });
  await own.queue.send(own.db, "transfer-chunk", newMessage());
  await hasBegun;
  await own.stop(10_000);
  expect(ended).toBe(true);
});

it("gives the message of a worker that fell silent to another, and aborts the first", async () => {
  const [first, second] = [await startProcess(), await startProcess()];
  const deliveries: number[] = [];
  let isAborted = false;
  const fallSilentOnce = async (_message: ChunkMessage, { signal, attempt }: Delivery): Promise<void> => {
    deliveries.push(attempt);
    if (attempt > 1) return;
    // What a process that was cut off looks like to the others: its heartbeat stands in the past.
    await first.db.execute(
      "update queue.job set heartbeat_on = now() - interval '1 minute' where state = 'active'",
    );
    await once(signal, "abort");
    isAborted = true;
  };
  first.queue.work("transfer-chunk", { concurrency: 1 }, fallSilentOnce);
  second.queue.work("transfer-chunk", { concurrency: 1 }, fallSilentOnce);
  await first.queue.send(first.db, "transfer-chunk", newMessage());
  await expect.poll(() => isAborted, { timeout: 20_000 }).toBe(true);
  await expect.poll(() => deliveries, { timeout: 20_000 }).toEqual([1, 2]);
});

it("moves a message to the dead letters after its last try", async () => {
  const { queue, db } = await startProcess();
  const message = newMessage();
  const dead: ChunkMessage[] = [];
  await queue.send(db, "transfer-chunk", message);
  await db.execute("update queue.job set retry_limit = 0 where state = 'created'");
  queue.work("transfer-chunk-dead", { concurrency: 1 }, async (payload) => {
    dead.push(payload);
  });
  queue.work("transfer-chunk", { concurrency: 1 }, async () => {
    throw new Error("never");
  });
  await expect.poll(() => dead, { timeout: 20_000 }).toEqual([message]);
});

it("knows whether a worker holds a message, by any part of it", async () => {
  const own = await startProcess();
  const message = newMessage();
  const { jobId } = message;
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  const { promise: freed, resolve: free } = Promise.withResolvers<void>();
  await own.queue.send(own.db, "transfer-chunk", message);
  expect(await own.queue.isHeld("transfer-chunk", { jobId })).toBe(false);
  own.queue.work("transfer-chunk", { concurrency: 1 }, async () => {
    hold();
    await freed;
  });
  await held;
  expect(await own.queue.isHeld("transfer-chunk", { jobId })).toBe(true);
  expect(await own.queue.isHeld("transfer-chunk", { jobId: newMessage().jobId })).toBe(false);
  free();
  await expect.poll(() => own.queue.isHeld("transfer-chunk", { jobId })).toBe(false);
});
