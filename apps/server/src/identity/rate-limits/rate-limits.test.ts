import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectDatabase, type Database, rateLimitCounts } from "../../db/index.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { testLog } from "../../testing/test-log.ts";
import { WINDOW_MS, windowNumber } from "./decide-rate.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";
import { ofAccount, ofAddress } from "./rate-subject.ts";

const START = Date.UTC(2030, 0, 1);
/** The exchange is asked for by the tests themselves. */
const NEVER_MS = 3_600_000;

let database: TestDatabase;
let connection: OpenedDatabase;
let db: Database;
let nowMs = START;
let callers = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = openDatabase(database);
  db = connection.guarded;
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

function node(options: { requests?: number; mostKeys?: number; on?: Database } = {}): RateLimits {
  const { requests = 100, mostKeys = 1000, on = db } = options;
  return createRateLimits({
    db: on,
    clock: { now: () => nowMs },
    log: testLog(),
    secret: "the secret of all nodes",
    quotas: { requests, signIns: 5 },
    exchangeEveryMs: NEVER_MS,
    mostKeys,
  });
}

/** Somebody whom no other test counted. */
function newcomer() {
  callers += 1;
  return ofAddress(`192.0.2.${callers}`);
}

/** How many of so many requests a node admits. */
function ask(limits: RateLimits, who: ReturnType<typeof newcomer>, times: number): number {
  return Array.from({ length: times }, () => limits.take("requests", who)).filter((taken) => taken?.allowed)
    .length;
}

describe("one node", () => {
  it("admits the quota, tells what is left and when to come back", () => {
    const limits = node({ requests: 3 });
    const who = newcomer();
    expect(limits.take("requests", who)).toMatchObject({ allowed: true, quota: 3, remaining: 2 });
    expect(ask(limits, who, 5)).toBe(2);
    expect(limits.take("requests", who)).toMatchObject({ allowed: false, remaining: 0, windowSeconds: 60 });
    expect(limits.take("requests", newcomer())).toMatchObject({ allowed: true, remaining: 2 });
  });

  it("tells the first refusal from those after it", () => {
    const limits = node({ requests: 1 });
    const who = newcomer();
    const firsts = [1, 2, 3].map(() => limits.take("requests", who)?.isFirstRefusal);
    expect(firsts).toEqual([false, true, false]);
  });

  it("uncounts what is given back, also in the window after", () => {
    const limits = node({ requests: 2 });
    const who = newcomer();
    const taken = limits.take("requests", who);
    expect(ask(limits, who, 1)).toBe(1);
    taken?.giveBack();
    expect(ask(limits, who, 5)).toBe(1);
  });

  it("has no limit where the quota is 0", () => {
    expect(node({ requests: 0 }).take("requests", newcomer())).toBeNull();
  });

  it("counts requests and failed sign-ins of an address apart", () => {
    const limits = node({ requests: 1 });
    const who = newcomer();
    expect(ask(limits, who, 2)).toBe(1);
    expect(limits.take("sign-ins", who)).toMatchObject({ allowed: true, quota: 5 });
  });

  it("keeps as many keys as it may, and the busy one stays when strangers come by the thousand", () => {
    const limits = node({ requests: 5, mostKeys: 50 });
    const busy = newcomer();
    expect(ask(limits, busy, 5)).toBe(5);
    for (let stranger = 0; stranger < 5_000; stranger += 1) {
      limits.take("requests", ofAddress(`2001:db8:${stranger.toString(16)}::1`));
      if (stranger % 25 === 0) expect(ask(limits, busy, 1)).toBe(0);
    }
  });
});

describe("several nodes over one database", () => {
  it("share a quota: what one admitted before an exchange, the others do not admit after it", async () => {
    const [one, two, three] = [node(), node(), node()];
    const who = newcomer();
    expect(ask(one, who, 60)).toBe(60);
    expect(ask(two, who, 30)).toBe(30);
    await one.exchange();
    await two.exchange();
    ask(three, who, 1);
    await three.exchange();
    expect(ask(three, who, 50)).toBe(9);
  });

  it("exceed it by no more than what came between two exchanges", async () => {
    const nodes = [node(), node(), node(), node()];
    const who = newcomer();
    let admitted = 0;
    for (let round = 0; round < 20; round += 1) {
      for (const each of nodes) admitted += ask(each, who, 10);
      await Promise.all(nodes.map((each) => each.exchange()));
    }
    expect(admitted).toBeGreaterThanOrEqual(100);
    expect(admitted).toBeLessThanOrEqual(100 + nodes.length * 10);
    for (const each of nodes) expect(ask(each, who, 10)).toBe(0);
  });

  it("exchange at the same moment, with the same keys, without a deadlock or a lost count", async () => {
    const nodes = Array.from({ length: 4 }, () => node());
    const people = Array.from({ length: 40 }, newcomer);
    for (const each of nodes) for (const who of people.toReversed()) ask(each, who, 5);
    await Promise.all(nodes.map((each) => each.exchange()));
    await Promise.all(nodes.map((each) => each.exchange()));
    for (const who of people) {
      ask(nodes[0] ?? node(), who, 1);
    }
    await nodes[0]?.exchange();
    expect(people.map((who) => nodes[0]?.take("requests", who)?.remaining)).toEqual(people.map(() => 78));
  });

  it("share what is given back as well", async () => {
    const [one, two] = [node({ requests: 2 }), node({ requests: 2 })];
    const who = newcomer();
    const taken = [one.take("requests", who), one.take("requests", who)];
    await one.exchange();
    for (const each of taken) each?.giveBack();
    await one.exchange();
    ask(two, who, 1);
    await two.exchange();
    expect(ask(two, who, 5)).toBe(1);
  });

  it("slide into the next window, in which half of the last one counts after thirty seconds", async () => {
    const [one, two] = [node(), node()];
    const who = newcomer();
    expect(ask(one, who, 100)).toBe(100);
    await one.exchange();
    nowMs += WINDOW_MS + WINDOW_MS / 2;
    ask(two, who, 1);
    await two.exchange();
    expect(ask(two, who, 100)).toBe(49);
    nowMs = START;
  });
});

describe("the table", () => {
  it("has nobody's address in it, and is not written ahead", async () => {
    const limits = node();
    limits.take("sign-ins", ofAccount("somebody@example.com"));
    limits.take("requests", ofAddress("198.51.100.77"));
    await limits.exchange();
    const rows = await db.select().from(rateLimitCounts);
    expect(rows.length).toBeGreaterThan(1);
    for (const { key } of rows) {
      expect(key).toHaveLength(16);
      expect(key.toString("latin1")).not.toMatch(/somebody|example|198\.51/);
    }
    const { rows: tables } = await connection.pool.query(
      "select relpersistence from pg_class where relname = 'rate_limit_counts'",
    );
    expect(tables).toEqual([{ relpersistence: "u" }]);
  });

  it("loses the windows that count no more", async () => {
    const limits = node();
    limits.take("requests", newcomer());
    await limits.exchange();
    nowMs += 3 * WINDOW_MS;
    limits.take("requests", newcomer());
    await limits.exchange();
    const rows = await db.select().from(rateLimitCounts);
    expect(rows.map(({ windowNumber: window }) => window)).toEqual([windowNumber(nowMs)]);
    nowMs = START;
  });
});

it("a node without its database limits by its own count, and tells it when the database is back", async () => {
  const lost = connectDatabase({
    connectionString: "postgres://nobody@127.0.0.1:1/none",
    poolSize: 1,
    applicationName: "test",
    log: testLog(),
  });
  const who = newcomer();
  let isThere = false;
  // What stands for the database is not there at first, and is the real one later.
  const flaky = new Proxy(db, { get: (real, name) => Reflect.get(isThere ? real : lost.db, name) });
  const limits = node({ on: flaky });
  expect(ask(limits, who, 60)).toBe(60);
  await limits.exchange();
  expect(ask(limits, who, 60)).toBe(40);
  isThere = true;
  await limits.exchange();
  const other = node();
  ask(other, who, 1);
  await other.exchange();
  expect(ask(other, who, 10)).toBe(0);
  await lost.close();
});
