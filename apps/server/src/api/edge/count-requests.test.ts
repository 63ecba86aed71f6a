import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { apiKeys, type Database } from "../../db/index.ts";
import { hashSecret } from "../../platform/index.ts";
import { type AskOptions, ask } from "../../testing/ask.ts";
import { makePerson, newApiKey, type Person } from "../../testing/make-person.ts";
import { type ServedRoutes, serveRoutes } from "../../testing/serve-routes.ts";
import { startTestApp } from "../../testing/start-test-app.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { healthRoutes } from "../health/health-routes.ts";
import { sessionRoutes } from "../session/session-routes.ts";

const MINUTE_MS = 60_000;
const QUOTA = 20;

let database: TestDatabase;
let connection: OpenedDatabase;
let db: Database;
let served: ServedRoutes;
/** How often the database was asked for anything. */
let asked = 0;
let nowMs = Date.UTC(2030, 0, 1);
let strangers = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = openDatabase(database);
  connection.pool.on("acquire", () => {
    asked += 1;
  });
  db = connection.db;
  served = await serveRoutes({
    db: connection.guarded,
    clock: { now: () => nowMs },
    rateQuotas: { requests: QUOTA, signIns: 1000 },
    trustedProxies: ["loopback"],
    routes(app, parts) {
      sessionRoutes(app, parts);
      healthRoutes(app, { isReady: async () => true, canStore: async () => true });
    },
  });
});
afterAll(async () => {
  await served.close();
  await connection.close();
  await database.drop();
});
beforeEach(() => {
  nowMs += 5 * MINUTE_MS;
});

/** An address that no other test came from; the test itself stands for a trusted proxy in front. */
function newAddress(): string {
  strangers += 1;
  return `198.51.100.${strangers}`;
}

function me(apiKey: string | null, from: string, options: AskOptions = {}) {
  const headers = { "x-forwarded-for": from, ...options.headers };
  return ask({ url: served.url, method: "GET", path: "/api/v2/me", apiKey, ...options, headers });
}

async function statuses(times: number, one: () => Promise<{ readonly status: number }>): Promise<number[]> {
  const all: number[] = [];
  for (let index = 0; index < times; index += 1) all.push((await one()).status);
  return all;
}

const of = (status: number, times: number) => Array.from({ length: times }, () => status);

describe("the requests of a principal", () => {
  it("are counted in the fields of the standard, and refused beyond the quota with the time to come back", async () => {
    const [person, from] = [await makePerson(db), newAddress()];
    const first = await me(person.apiKey, from);
    expect(first.headers.get("ratelimit-policy")).toBe(`"requests";q=${QUOTA};w=60`);
    expect(first.headers.get("ratelimit")).toBe(`"requests";r=${QUOTA - 1};t=60`);
    expect([...first.headers.keys()].filter((name) => name.startsWith("x-ratelimit"))).toEqual([]);
    expect(await statuses(QUOTA - 1, () => me(person.apiKey, from))).toEqual(of(200, QUOTA - 1));
    const before = asked;
    const refused = await me(person.apiKey, from);
    expect(await statuses(200, () => me(person.apiKey, from))).toEqual(of(429, 200));
    expect(asked - before).toBeLessThan(50);
    expect([refused.status, refused.body.error.code]).toEqual([429, "rate_limited"]);
    const wait = Number(refused.headers.get("retry-after"));
    expect(refused.headers.get("ratelimit")).toBe(`"requests";r=0;t=${wait}`);
    expect(refused.body.error.details).toEqual({
      policy: "requests",
      limit: QUOTA,
      window: 60,
      retry_after: wait,
    });
    nowMs += wait * 1000;
    expect((await me(person.apiKey, from)).status).toBe(200);
  });

  it("count together over all keys and all addresses of the same user, and apart from other users", async () => {
    const person = await makePerson(db);
    const second = await anotherKeyOf(person);
    const colleague = await makePerson(db, { tenantId: person.principal.tenantId });
    expect(await statuses(QUOTA, () => me(person.apiKey, newAddress()))).toEqual(of(200, QUOTA));
    expect((await me(second, newAddress())).status).toBe(429);
    expect((await me(colleague.apiKey, newAddress())).status).toBe(200);
  });
});

it("a principal beyond the quota reaches the database no more often by writing the same key in ever new ways", async () => {
  const [person, from] = [await makePerson(db), newAddress()];
  let blanks = 1;
  const inNewWords = () => {
    blanks += 1;
    const authorization = `Bearer${" ".repeat(blanks)}${person.apiKey}`;
    return me(null, from, { headers: { authorization } });
  };
  expect(await statuses(QUOTA, () => me(person.apiKey, from))).toEqual(of(200, QUOTA));
  await statuses(QUOTA, inNewWords);
  const before = asked;
  expect(await statuses(200, inNewWords)).toEqual(of(429, 200));
  expect(asked - before).toBeLessThan(50);
});

describe("requests without a valid credential", () => {
  it("are refused beyond the quota of their address, before the database is asked", async () => {
    const from = newAddress();
    expect(await statuses(QUOTA, () => me(newApiKey(), from))).toEqual(of(401, QUOTA));
    const before = asked;
    expect(await statuses(200, () => me(newApiKey(), from))).toEqual(of(429, 200));
    // What nodes tell each other every second is all that the database hears.
    expect(asked - before).toBeLessThan(50);
    expect((await me(newApiKey(), newAddress())).status).toBe(401);
  });

  it("count the same with no credential at all, with a made-up cookie, and at a path that there is not", async () => {
    const from = newAddress();
    const cookie = "driveway.session_token=abc.def";
    const each = Math.floor(QUOTA / 4);
    expect(await statuses(each, () => me(null, from))).toEqual(of(401, each));
    expect(await statuses(each, () => me(null, from, { headers: { cookie } }))).toEqual(of(401, each));
    const headers = { "x-forwarded-for": from };
    const nowhere = () => ask({ url: served.url, method: "GET", path: "/wp-login.php", headers });
    expect(await statuses(2 * each, nowhere)).toEqual(of(404, 2 * each));
    expect(await statuses(2, nowhere)).toEqual(of(429, 2));
  });

  it("at once get no further than one after the other", async () => {
    const from = newAddress();
    const all = await Promise.all(Array.from({ length: 3 * QUOTA }, () => me(newApiKey(), from)));
    expect(all.filter(({ status }) => status === 401)).toHaveLength(QUOTA);
  });

  it("do not lock out a neighbour at the same address whose credential was valid within the last minute", async () => {
    const [person, latecomer, from] = [await makePerson(db), await makePerson(db), newAddress()];
    expect((await me(person.apiKey, from)).status).toBe(200);
    await statuses(QUOTA + 5, () => me(newApiKey(), from));
    expect((await me(person.apiKey, from)).status).toBe(200);
    expect((await me(latecomer.apiKey, from)).status).toBe(429);
  });

  it("do not become known by a credential that was good and is revoked", async () => {
    const [person, from] = [await makePerson(db), newAddress()];
    expect((await me(person.apiKey, from)).status).toBe(200);
    const secretSha256 = hashSecret(person.apiKey);
    await db.update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.secretSha256, secretSha256));
    expect(await statuses(QUOTA, () => me(person.apiKey, from))).toEqual(of(401, QUOTA));
    expect((await me(person.apiKey, from)).status).toBe(429);
  });

  it("of an IPv6 customer count as one, from however many addresses of their network they come", async () => {
    const hosts = Array.from({ length: QUOTA + 1 }, (_, host) => `2001:db8:7:7::${host.toString(16)}`);
    const hop = () => me(newApiKey(), hosts.shift() ?? "");
    expect(await statuses(QUOTA, hop)).toEqual(of(401, QUOTA));
    expect((await hop()).status).toBe(429);
    expect((await me(newApiKey(), "2001:db8:7:8::1")).status).toBe(401);
  });

  it("evade nothing by addresses that they write in front of the one that the proxy saw", async () => {
    const from = newAddress();
    const invented = Array.from({ length: QUOTA + 1 }, (_, host) => `203.0.113.${host}`);
    const spoof = () => me(newApiKey(), `${invented.shift()}, ${from}`);
    expect(await statuses(QUOTA, spoof)).toEqual(of(401, QUOTA));
    expect((await spoof()).status).toBe(429);
    expect((await me(newApiKey(), `garbage, ${from}`)).status).toBe(429);
  });
});

describe("routes for everybody", () => {
  const visit = (path: string, from: string) =>
    ask({ url: served.url, method: "GET", path, headers: { "x-forwarded-for": from } });

  it("count by address", async () => {
    const from = newAddress();
    expect(await statuses(QUOTA, () => visit("/api/auth/get-session", from))).toEqual(of(200, QUOTA));
    expect((await visit("/api/auth/get-session", from)).status).toBe(429);
  });

  it("do not count when they are health or documentation", async () => {
    const from = newAddress();
    for (const path of ["/livez", "/readyz", "/openapi.json"]) {
      expect(await statuses(QUOTA + 1, () => visit(path, from))).toEqual(of(200, QUOTA + 1));
      expect((await visit(path, from)).headers.get("ratelimit")).toBeNull();
    }
  });
});

it("the callback page counts too, and says so as a page, with the settings of the service", async () => {
  const app = await startTestApp({ environment: { RATE_LIMIT_REQUESTS: "2" } });
  const path = "/api/v2/cloud-storage/auth/google_drive/callback?state=x&code=y";
  const visit = () => app.request("GET", path, { apiKey: null });
  expect(await statuses(2, visit)).toEqual(of(400, 2));
  const refused = await visit();
  expect([refused.status, refused.headers.get("content-type")]).toEqual([429, "text/html; charset=utf-8"]);
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  await app.stop();
});

async function anotherKeyOf({ apiKey }: Person): Promise<string> {
  const secret = newApiKey();
  const [known] = await db
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.secretSha256, hashSecret(apiKey)));
  if (known === undefined) throw new Error("the key is not there");
  await db.insert(apiKeys).values({ ...known, id: `${known.id}x`, secretSha256: hashSecret(secret) });
  return secret;
}
