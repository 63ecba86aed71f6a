import pg from "pg";
import type { Log } from "../platform/index.ts";

/**
 * Called with the payload of a notification, or with `null` to look again: listening has begun, or has begun anew after the
 * connection was lost, and whatever was sent before that may have been missed.
 */
type NotificationHandler = (payload: string | null) => void;

/**
 * News from other processes through PostgreSQL's NOTIFY. They are hints and no more: one may be missed or come twice, so a
 * receiver looks at the rows themselves, and never waits for news without a limit. They are sent by `pg_notify` within the
 * transaction that they tell of, so they come after its commit and not at all after a rollback.
 */
export interface Notifications {
  /**
   * Calls the handler for every notification on a channel from now on, in the order of their commits. A channel that was
   * listened to once stays so; channels are few and fixed, and what tells one job from another is in the payload.
   * @param channel lower-case letters, digits and underscores
   * @returns ends it
   */
  subscribe(channel: string, handler: NotificationHandler): () => void;
  /**
   * Waits for one notification. Call it first, then look at the rows, then await it: so nothing falls in between.
   * @param params.matches says whether a payload is the one waited for
   * @param params.signal ends the wait early
   * @returns the payload; `null` when the time is over, the signal came or news may have been missed: look at the rows again
   */
  waitFor(params: {
    channel: string;
    matches: (payload: string) => boolean;
    timeoutMs: number;
    signal?: AbortSignal;
  }): Promise<string | null>;
  /** Ends all subscriptions and the connection. Waits that are running end with `null`. */
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** A connection that died without a word (a cable, a sleeping laptop) is found out this often. */
const HEARTBEAT_MS = 20_000;
const HEARTBEAT_TIMEOUT_MS = 10_000;

/**
 * Opens one connection that listens, and opens it again whenever it is lost, with growing pauses up to 5 seconds. It begins
 * to connect at once and needs a direct connection: LISTEN does not work through a pooler in transaction mode.
 */
export function createNotifications(params: { connectionString: string; log: Log }): Notifications {
  const listener = new NotificationListener(params);
  listener.open();
  return {
    subscribe: (channel, handler) => listener.subscribe(channel, handler),
    waitFor: (wait) => waitFor(listener, wait),
    close: () => listener.close(),
  };
}

class NotificationListener {
  readonly #connectionString: string;
  readonly #log: Log;
  readonly #handlers = new Map<string, Set<NotificationHandler>>();
  readonly #closing = new AbortController();
  #client: pg.Client | null = null;
  #connecting: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(params: { connectionString: string; log: Log }) {
    this.#connectionString = params.connectionString;
    this.#log = params.log;
  }

  /** Aborted when the listener closes. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  open(): void {
    this.#connecting = this.#connect();
  }

  subscribe(channel: string, handler: NotificationHandler): () => void {
    if (!/^[a-z_][a-z0-9_]*$/.test(channel)) throw new TypeError(`"${channel}" is not the name of a channel`);
    const handlers = this.#handlers.get(channel);
    // One subscription is one entry, even if the same function is given twice.
    const entry: NotificationHandler = (payload) => handler(payload);
    if (handlers === undefined) {
      this.#handlers.set(channel, new Set([entry]));
      if (this.#client !== null) this.#listen(this.#client, [channel]);
    } else {
      handlers.add(entry);
    }
    return () => {
      this.#handlers.get(channel)?.delete(entry);
    };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#connecting;
    const client = this.#client;
    this.#client = null;
    this.#handlers.clear();
    await client?.end().catch((error: unknown) => {
      this.#log.debug({ err: error }, "the connection for notifications did not close in order");
    });
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#connectionString,
      application_name: "driveway notifications",
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: HEARTBEAT_TIMEOUT_MS,
      keepAlive: true,
    });
    let lost = false;
    const lose = (error: unknown) => {
      if (lost) return;
      lost = true;
      void client.end().catch(() => undefined);
      this.#reconnect(client, error);
    };
    client.on("error", lose);
    client.on("end", () => lose(null));
    client.on("notification", ({ channel, payload }) => this.#tell(channel, payload ?? ""));
    try {
      await client.connect();
      if (lost) return;
      this.#client = client;
      this.#listen(client, [...this.#handlers.keys()]);
      this.#beat(client, lose);
    } catch (error) {
      lose(error);
    }
  }

  /** Begins to listen; when that is so, the channels' handlers are told to look again. */
  #listen(client: pg.Client, channels: readonly string[]): void {
    if (channels.length === 0) return;
    const statement = channels.map((channel) => `listen ${pg.escapeIdentifier(channel)}`).join("; ");
    client.query(statement).then(
      () => {
        if (this.#client !== client) return;
        this.#pauseMs = FIRST_PAUSE_MS;
        for (const channel of channels) this.#tell(channel, null);
      },
      (error: unknown) => client.emit("error", error),
    );
  }

  #beat(client: pg.Client, lose: (error: unknown) => void): void {
    const timer = setInterval(() => {
      client.query("select 1").catch(lose);
    }, HEARTBEAT_MS);
    timer.unref();
    client.once("end", () => clearInterval(timer));
  }

  #reconnect(client: pg.Client, error: unknown): void {
    if (this.#client === client) this.#client = null;
    if (this.#closing.signal.aborted) return;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    this.#log.warn({ err: error, pauseMs }, "the connection for notifications was lost; connecting again");
    this.#timer = setTimeout(() => this.open(), pauseMs);
  }

  #tell(channel: string, payload: string | null): void {
    for (const handler of [...(this.#handlers.get(channel) ?? [])]) {
      try {
        handler(payload);
      } catch (error) {
        this.#log.error({ err: error, channel }, "a handler of notifications failed");
      }
    }
  }
}

async function waitFor(
  listener: NotificationListener,
  wait: Parameters<Notifications["waitFor"]>[0],
): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const giveUp = () => resolve(null);
  const signals = wait.signal === undefined ? [listener.closing] : [listener.closing, wait.signal];
  const unsubscribe = listener.subscribe(wait.channel, (payload) => {
    if (payload === null || wait.matches(payload)) resolve(payload);
  });
  const timer = setTimeout(giveUp, wait.timeoutMs);
  for (const signal of signals) signal.addEventListener("abort", giveUp, { once: true });
  if (signals.some((signal) => signal.aborted)) giveUp();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    unsubscribe();
    for (const signal of signals) signal.removeEventListener("abort", giveUp);
  }
}
