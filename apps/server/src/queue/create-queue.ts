import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { type Db, fromDrizzle, PgBoss } from "pg-boss";
import type { Notifications, Queryable } from "../db/index.ts";
import type { Log } from "../platform/index.ts";
import { type Consumer, createConsumer } from "./consumer.ts";
import { isHeld, QUEUE_SCHEMA } from "./is-held.ts";
import { withinTransaction } from "./within-transaction.ts";
import type { Queue } from "./queue.ts";
import { QUEUES, type QueueName, type QueueRules, rulesOf } from "./queues.ts";
import { supervise } from "./supervise.ts";

/** Our own channel: a message of the queue is announced by the name of its queue, with the sender's commit. */
const CHANNEL = "driveway_queue";
/** Held while the tables and queues are made, so that processes which start together do not disturb each other. */
const INSTALL_LOCK = 0x64_77_71_31;
/** pg-boss allows no less. A worker that is silent for so long has lost its message. */
const HEARTBEAT_SECONDS = 10;
const EXPIRE_SECONDS = 24 * 60 * 60;
const KEEP_SETTLED_SECONDS = 60 * 60;
/** Messages that nobody takes wait as long as a service may be switched off: ten years. pg-boss would drop them after two weeks. */
const KEEP_WAITING_SECONDS = 10 * 365 * 24 * 60 * 60;
/** Short enough for those who kill ten seconds after SIGTERM, as container runtimes do. */
const DEFAULT_GRACE_MS = 3_000;

/**
 * Opens the queue over pg-boss 12, making its tables and queues first if need be; safe when processes start together.
 * A process that never calls `work` only sends.
 */
export async function createQueue(params: {
  readonly pool: Pool;
  readonly notifications: Notifications;
  readonly log: Log;
}): Promise<Queue> {
  const { pool, notifications, log } = params;
  const boss = createBoss(pool, log);
  await install(boss, pool);
  const consumers: Consumer[] = [];
  const unsubscribes: (() => void)[] = [];
  let supervision: ReturnType<typeof supervise> | null = null;
  const send = (tx: Queryable, name: QueueName, messages: readonly Message[]): Promise<void> =>
    insertMessages(boss, fromDrizzle(tx, sql), name, messages);
  return {
    send: (tx, name, payload, options = {}) =>
      send(tx, name, [{ data: payload, startAfter: options.startAfterSeconds ?? 0 }]),
    sendAll: (tx, name, payloads) =>
      send(
        tx,
        name,
        payloads.map((data) => ({ data })),
      ),
    isHeld: (name, part) => isHeld(pool, name, part),
    work(name, options, handler) {
      supervision ??= supervise(boss, log);
      const consumer = createConsumer({
        boss,
        log,
        rules: rulesOf(name),
        concurrency: options.concurrency,
        handler,
        inTransaction: (work) => withinTransaction(pool, work),
        giveBack: (db, payload) => insertMessages(boss, db, name, [{ data: payload }]),
      });
      consumers.push(consumer);
      unsubscribes.push(
        notifications.subscribe(CHANNEL, (payload) => {
          if (payload === null || payload === name) consumer.wake();
        }),
      );
    },
    async stop({ graceMs } = { graceMs: DEFAULT_GRACE_MS }) {
      for (const unsubscribe of unsubscribes) unsubscribe();
      await Promise.all(consumers.map((consumer) => consumer.stop(graceMs)));
      await supervision?.stop();
      await boss.stop({ graceful: false });
    },
  };
}

interface Message {
  readonly data: object;
  readonly startAfter?: number;
}

async function insertMessages(
  boss: PgBoss,
  db: Db,
  name: QueueName,
  messages: readonly Message[],
): Promise<void> {
  if (messages.length === 0) return;
  await boss.insert(name, [...messages], { db });
  await db.executeSql("select pg_notify($1, $2)", [CHANNEL, name]);
}

function createBoss(pool: Pool, log: Log): PgBoss {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schema: QUEUE_SCHEMA,
    supervise: false,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    monitorIntervalSeconds: 1,
  });
  boss.on("error", (error) => log.error({ err: error }, "the queue reports a fault"));
  boss.on("warning", (warning) => log.warn({ warning }, "the queue warns"));
  return boss;
}

async function install(boss: PgBoss, pool: Pool): Promise<void> {
  const guard = await pool.connect();
  try {
    await guard.query("select pg_advisory_lock($1)", [INSTALL_LOCK]);
    await boss.start();
    for (const rules of QUEUES) await declareQueue(boss, rules);
    await guard.query("select pg_advisory_unlock($1)", [INSTALL_LOCK]);
    guard.release();
  } catch (error) {
    // Closing the connection is what gives the lock back for certain.
    guard.release(true);
    throw error;
  }
}

async function declareQueue(boss: PgBoss, rules: QueueRules): Promise<void> {
  const settings = {
    retryLimit: rules.retryLimit,
    // The wait after a fault is set by the consumer; the message of a dead worker comes again without one.
    retryDelay: 0,
    retryBackoff: false,
    expireInSeconds: EXPIRE_SECONDS,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    deleteAfterSeconds: KEEP_SETTLED_SECONDS,
    retentionSeconds: KEEP_WAITING_SECONDS,
    ...(rules.deadLetter === null ? {} : { deadLetter: rules.deadLetter }),
  };
  const known = await boss.getQueue(rules.name);
  if (known === null) await boss.createQueue(rules.name, settings);
  else await boss.updateQueue(rules.name, settings);
}
