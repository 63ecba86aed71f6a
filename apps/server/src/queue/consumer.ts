import { setTimeout as delay } from "node:timers/promises";
import type { Db, Job, PgBoss } from "pg-boss";
import type { Log } from "../platform/index.ts";
import type { QueueHandler } from "./queue.ts";
import { type QueueName, type QueuePayloads, type QueueRules, retryDelaySeconds } from "./queues.ts";
import { settledIds } from "./settled-ids.ts";

/** The net below the notifications: messages that were deferred, retried or announced while nobody listened. */
const POLL_MS = 1000;
const HEARTBEAT_MS = 3000;
/** How long a handler may take to notice that it was aborted. */
const ABORT_GRACE_MS = 2000;

/** Takes the messages of one queue. */
export interface Consumer {
  /** Says that there may be a message. */
  wake(): void;
  stop(graceMs: number): Promise<void>;
}

interface Running<Payload> {
  readonly message: Job<Payload>;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

type Params<Name extends QueueName> = {
  readonly boss: PgBoss;
  readonly log: Log;
  readonly rules: QueueRules;
  readonly concurrency: number;
  readonly handler: QueueHandler<Name>;
  readonly inTransaction: (work: (db: Db) => Promise<void>) => Promise<void>;
  /** Sends the payload anew. */
  readonly giveBack: (db: Db, payload: QueuePayloads[Name]) => Promise<void>;
};

/**
 * Fetches whenever there is room, and sleeps only when the queue was found empty: until it is woken, or a second.
 * Every message that is being worked on gets a heartbeat; one that another worker holds by now has its handler aborted.
 */
export function createConsumer<Name extends QueueName>(params: Params<Name>): Consumer {
  type Payload = QueuePayloads[Name];
  const { boss, rules, log } = params;
  const running = new Map<string, Running<Payload>>();
  const bell = createBell();
  let stopping = false;

  const begin = (message: Job<Payload>): void => {
    const abort = new AbortController();
    const done = runMessage({ ...params, message, abort, isStopping: () => stopping }).finally(() => {
      running.delete(message.id);
      bell.ring();
    });
    running.set(message.id, { message, abort, done });
  };

  const loop = async (): Promise<void> => {
    while (!stopping) {
      const room = params.concurrency - running.size;
      if (room === 0) {
        await bell.wait(null);
        continue;
      }
      const messages = await fetchSafely<Payload>(boss, rules.name, room, log);
      for (const message of messages) begin(message);
      if (messages.length < room && !stopping) await bell.wait(POLL_MS);
    }
  };

  const heartbeat = setInterval(() => void keepAlive({ boss, rules, log, running }), HEARTBEAT_MS);
  const looping = loop();
  return {
    wake: () => bell.ring(),
    async stop(graceMs) {
      stopping = true;
      bell.ring();
      await looping;
      const everything = () => Promise.allSettled([...running.values()].map((entry) => entry.done));
      await within(everything(), graceMs);
      for (const entry of running.values()) entry.abort.abort(new Error("the process is stopping"));
      await within(everything(), ABORT_GRACE_MS);
      clearInterval(heartbeat);
    },
  };
}

async function fetchSafely<Payload>(
  boss: PgBoss,
  name: QueueName,
  room: number,
  log: Log,
): Promise<Job<Payload>[]> {
  try {
    return await boss.fetch<Payload>(name, { batchSize: room });
  } catch (error) {
    log.error({ err: error, queue: name }, "messages cannot be fetched now");
    return [];
  }
}

async function keepAlive<Payload>(params: {
  readonly boss: PgBoss;
  readonly rules: QueueRules;
  readonly log: Log;
  readonly running: ReadonlyMap<string, Running<Payload>>;
}): Promise<void> {
  const held = [...params.running.values()];
  if (held.length === 0) return;
  try {
    const messages = held.map(({ message }) => message);
    const kept = new Set(settledIds(await params.boss.touch(params.rules.name, messages)));
    for (const { message, abort } of held) {
      // One that ended in the meantime is not in `running` any more; only a lost one still is.
      if (kept.has(message.id) || !params.running.has(message.id)) continue;
      params.log.warn({ queue: params.rules.name, message: message.id }, "a message went to another worker");
      abort.abort(new Error("the message went to another worker"));
    }
  } catch (error) {
    params.log.error({ err: error, queue: params.rules.name }, "a heartbeat failed");
  }
}

async function runMessage<Name extends QueueName>(
  params: Params<Name> & {
    readonly message: Job<QueuePayloads[Name]>;
    readonly abort: AbortController;
    readonly isStopping: () => boolean;
  },
): Promise<void> {
  const { boss, rules, log, message, abort } = params;
  const facts = { queue: rules.name, message: message.id, payload: message.data };
  try {
    await params.handler(message.data, { signal: abort.signal, attempt: message.retryCount + 1 });
    await boss.complete(rules.name, message);
  } catch (error) {
    try {
      if (params.isStopping() && abort.signal.aborted) await handBack(params);
      else if (!abort.signal.aborted) {
        log.error({ err: error, ...facts, attempt: message.retryCount + 1 }, "a message failed");
        await fail(params);
      }
    } catch (cause) {
      log.error(
        { err: cause, ...facts },
        "a message could not be settled; it comes again when its heartbeat is missed",
      );
    }
  }
}

/** Settles the delivery and sends the payload anew in one transaction, so that a stop costs no try and no wait. */
async function handBack<Name extends QueueName>(
  params: Params<Name> & { readonly message: Job<QueuePayloads[Name]> },
): Promise<void> {
  await params.inTransaction(async (db) => {
    const settled = settledIds(await params.boss.complete(params.rules.name, params.message, null, { db }));
    if (settled.length > 0) await params.giveBack(db, params.message.data);
  });
}

async function fail<Name extends QueueName>(
  params: Params<Name> & { readonly message: Job<QueuePayloads[Name]> },
): Promise<void> {
  const { boss, rules, message } = params;
  const startAfter = Math.ceil(retryDelaySeconds(rules, message.retryCount + 1, Math.random()));
  await params.inTransaction(async (db) => {
    const settled = settledIds(await boss.fail(rules.name, message, null, { db }));
    if (settled.length > 0 && message.retryCount < rules.retryLimit) {
      await boss.update(rules.name, undefined, { id: message.id, startAfter, db });
    }
  });
}

/** Something to sleep on. A ring while nobody sleeps is remembered for the next sleeper. */
function createBell(): { ring(): void; wait(timeoutMs: number | null): Promise<void> } {
  let rung = false;
  let wakeUp: (() => void) | null = null;
  return {
    ring() {
      rung = true;
      wakeUp?.();
    },
    async wait(timeoutMs) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = timeoutMs === null ? null : setTimeout(resolve, timeoutMs);
          wakeUp = () => {
            if (timer !== null) clearTimeout(timer);
            resolve();
          };
        });
        wakeUp = null;
      }
      rung = false;
    },
  };
}

async function within(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const cancel = new AbortController();
  const timer = delay(timeoutMs, undefined, { signal: cancel.signal }).catch(() => undefined);
  await Promise.race([work, timer]);
  cancel.abort();
}
