import { afterAll, beforeAll, expect, it } from "vitest";
import { auditEvents, type Database } from "../../db/index.ts";
import { newId } from "../../platform/index.ts";
import { makePerson } from "../../testing/make-person.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { sweepEvents } from "./sweep-events.ts";

const NOW = Date.UTC(2030, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;
const clock = { now: () => NOW };

let database: TestDatabase;
let connection: OpenedDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = openDatabase(database);
  db = connection.db;
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

async function addEvents(count: number, ageDays: number): Promise<void> {
  const { tenantId } = (await makePerson(db)).principal;
  const createdAt = new Date(NOW - ageDays * DAY_MS);
  await db.insert(auditEvents).values(
    Array.from({ length: count }, () => ({
      id: newId("evt"),
      tenantId,
      action: "sign_out",
      actorKind: "nobody" as const,
      createdAt,
    })),
  );
}

it("removes what is older than the retention time, in batches, also when two sweep at once", async () => {
  await addEvents(2_500, 366);
  await addEvents(3, 364);
  expect(await sweepEvents({ db: connection.guarded, clock }, { days: 0 })).toBe(0);
  const removed = await Promise.all(
    [1, 2].map(() => sweepEvents({ db: connection.guarded, clock }, { days: 365 })),
  );
  await sweepEvents({ db: connection.guarded, clock }, { days: 365 });
  expect(removed.every((count) => count <= 2_500)).toBe(true);
  const left = await db.select().from(auditEvents);
  expect(left.map(({ createdAt }) => createdAt.getTime())).toEqual([1, 2, 3].map(() => NOW - 364 * DAY_MS));
});
