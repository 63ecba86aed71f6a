import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLog } from "../platform/index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createNotifications, type Notifications } from "./notifications.ts";

const LONG_MS = 20_000;
const log = createLog({ level: "silent", pretty: false });

let database: TestDatabase;
let client: pg.Client;
let notifications: Notifications;

beforeEach(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  notifications = createNotifications({ connectionString: database.connectionString, log });
});

afterEach(async () => {
  await notifications.close();
  await client.end();
  await database.drop();
});

const send = (channel: string, payload: string) =>
  client.query("select pg_notify($1, $2)", [channel, payload]);
const cutConnection = () =>
  client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'driveway notifications' and datname = current_database()",
  );

/** Everything that one subscriber was told, and a way to wait until it was told something. */
function recordOf(channel: string) {
  const told: (string | null)[] = [];
  const unsubscribe = notifications.subscribe(channel, (payload) => told.push(payload));
  const until = (expected: (string | null)[]) =>
    expect.poll(() => told, { timeout: LONG_MS }).toEqual(expected);
  return { told, unsubscribe, until };
}

describe("notifications", () => {
  it("begin with a call to look again, and then come in the order of their commits, by channel", async () => {
    const jobs = recordOf("jobs");
    await jobs.until([null]);
    const images = recordOf("images");
    await images.until([null]);
    await send("images", "img_1");
    await client.query("begin");
    await send("jobs", "rolled back");
    await client.query("rollback");
    await send("jobs", "job_1");
    await send("jobs", "job_2");
    await send("unheard", "nobody");
    await jobs.until([null, "job_1", "job_2"]);
    await images.until([null, "img_1"]);
  });

  it("go to every subscriber until it ends its subscription, also past one that fails", async () => {
    const first = recordOf("jobs");
    notifications.subscribe("jobs", () => {
      throw new Error("a handler's own fault");
    });
    const second = recordOf("jobs");
    await first.until([null]);
    first.unsubscribe();
    await send("jobs", "job_1");
    await second.until([null, "job_1"]);
    expect(first.told).toEqual([null]);
  });

  it("ask to look again after the connection was lost, and go on", async () => {
    const jobs = recordOf("jobs");
    await jobs.until([null]);
    await cutConnection();
    await jobs.until([null, null]);
    await send("jobs", "job_1");
    await jobs.until([null, null, "job_1"]);
  });

  it("refuse a channel's name that is not one", () => {
    expect(() => notifications.subscribe('jobs"; drop', () => undefined)).toThrow(
      "is not the name of a channel",
    );
  });
});

describe("waiting for a notification", () => {
  const waitFor = (payload: string, timeoutMs: number, signal?: AbortSignal) =>
    notifications.waitFor({
      channel: "jobs",
      matches: (came) => came === payload,
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });

  beforeEach(async () => {
    await recordOf("jobs").until([null]);
  });

  it("ends with the payload that was waited for, and no other", async () => {
    const waiting = waitFor("job_2", LONG_MS);
    await send("jobs", "job_1");
    await send("jobs", "job_2");
    expect(await waiting).toBe("job_2");
  });

  it("ends with null when the time is over, the signal comes, or it had come before", async () => {
    expect(await waitFor("job_1", 10)).toBeNull();
    const abort = new AbortController();
    const waiting = waitFor("job_1", LONG_MS, abort.signal);
    abort.abort();
    expect(await waiting).toBeNull();
    expect(await waitFor("job_1", LONG_MS, abort.signal)).toBeNull();
  });

  it("ends with null when news may have been missed", async () => {
    const waiting = waitFor("job_1", LONG_MS);
    await cutConnection();
    expect(await waiting).toBeNull();
  });

  it("ends with null when everything closes", async () => {
    const waiting = waitFor("job_1", LONG_MS);
    await notifications.close();
    expect(await waiting).toBeNull();
  });
});

describe("notifications without a server", () => {
  it("close at once while they try to connect", async () => {
    const nowhere = createNotifications({ connectionString: "postgres://nobody@127.0.0.1:1/nothing", log });
    const waiting = nowhere.waitFor({ channel: "jobs", matches: () => true, timeoutMs: LONG_MS });
    await nowhere.close();
    expect(await waiting).toBeNull();
  });
});
