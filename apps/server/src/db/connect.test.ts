import { count, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../platform/index.ts";
import { lookAnywhere } from "../testing/look-anywhere.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { connectDatabase, type DatabaseConnection } from "./connect.ts";
import { tenants } from "./schema.ts";

const log = createLog({ level: "silent", pretty: false });

let testDatabase: TestDatabase;
let database: DatabaseConnection;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const { connectionString } = testDatabase;
  database = connectDatabase({ connectionString, poolSize: 4, applicationName: "connect test", log });
});

afterAll(async () => {
  await database.close();
  await database.close();
  await testDatabase.drop();
});

const LARGE = "9223372036854775807";

describe("the database connection", () => {
  it("reads int8 as a number where one holds it exactly, from the pool and through Drizzle", async () => {
    const statement = `select 42::int8 as small, ${LARGE}::int8 as large, null::int8 as absent`;
    const expected = [{ small: 42, large: LARGE, absent: null }];
    expect((await database.pool.query(statement)).rows).toEqual(expected);
    expect((await database.db.execute(sql.raw(statement))).rows).toEqual(expected);
    const db = lookAnywhere(database);
    const counted = await db.select({ n: sql<number>`count(*)`, c: count() }).from(tenants);
    expect(counted).toEqual([{ n: 0, c: 0 }]);
    const within = await db.transaction((transaction) =>
      transaction.execute(sql`select count(*) as n from tenants`),
    );
    expect(within.rows).toEqual([{ n: 0 }]);
  });

  it("writes and reads the schema's rows by their camelCase names", async () => {
    const db = lookAnywhere(database);
    await db.insert(tenants).values({ id: "ten_1", name: "Müller & Söhne" });
    const [row] = await db.select().from(tenants);
    expect(row).toMatchObject({ id: "ten_1", name: "Müller & Söhne", createdAt: expect.any(Date) });
    await expect(
      db.transaction(async (transaction) => {
        await transaction.insert(tenants).values({ id: "ten_2", name: "gone" });
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await db.$count(tenants)).toBe(1);
  });

  it("limits statements and idle transactions to a minute and names itself", async () => {
    const settings = await database.pool.query(
      `select current_setting('statement_timeout') as statement, current_setting('application_name') as name,
              current_setting('idle_in_transaction_session_timeout') as idle`,
    );
    expect(settings.rows).toEqual([{ statement: "1min", name: "connect test", idle: "1min" }]);
  });

  it("fails the transaction, and nothing else, when the server ends a connection that is lent out", async () => {
    const cutOff = database.db.transaction(async (transaction) => {
      const { rows } = await transaction.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await database.pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
      await transaction.execute(sql`select 1`);
    });
    await expect(cutOff).rejects.toThrow();
    expect((await database.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });

  it("goes on when the server ends its idle connections", async () => {
    const lost = new Promise((resolve) => database.pool.once("error", resolve));
    await database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    const client = await database.pool.connect();
    const [self] = (await client.query<{ pid: number }>("select pg_backend_pid() as pid")).rows;
    client.release();
    const other = connectDatabase({
      connectionString: testDatabase.connectionString,
      poolSize: 1,
      applicationName: "killer",
      log,
    });
    await other.pool.query("select pg_terminate_backend($1)", [self?.pid]);
    await other.close();
    await lost;
    expect((await database.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });
});
