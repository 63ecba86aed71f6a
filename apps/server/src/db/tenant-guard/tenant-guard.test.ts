import { and, eq, inArray, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAnywhere } from "../../testing/look-anywhere.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { testLog } from "../../testing/test-log.ts";
import { acrossTenants } from "../across-tenants.ts";
import { connectDatabase, type Database, type Transaction } from "../connect.ts";
import * as schema from "../schema.ts";
import { apiKeys, collections, connections, images, tenants, transferJobs, users } from "../schema.ts";
import { findUnnamedTenants } from "./find-unnamed-tenants.ts";
import { createTenantGuard, TenantNotNamedError } from "./tenant-guard.ts";
import { tenantColumnsOf } from "./tenant-columns.ts";

const TENANT = "ten_1";
const columns = tenantColumnsOf(schema);

let testDatabase: TestDatabase;
let database: ReturnType<typeof connectDatabase>;
let db: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const { connectionString } = testDatabase;
  database = connectDatabase({
    connectionString,
    poolSize: 1,
    applicationName: "guard test",
    log: testLog(),
  });
  ({ db } = database);
  await lookAnywhere(database).insert(tenants).values({ id: TENANT, name: "A workspace" });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function refusal(query: PromiseLike<unknown>): Promise<readonly string[]> {
  const error: unknown = await Promise.resolve(query).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TenantNotNamedError))
    throw new Error("the statement was not refused", { cause: error });
  return error.tables;
}

const other = alias(images, "other");

it.each([
  ["a cast that goes on", "tenant_id = $1::text is not true"],
  ["a cast that goes on with an operator", "tenant_id = $1::text || tenant_id"],
  ["a case", "case when id = $2 and tenant_id = $1 and true then true else true end"],
  ["a range", "id = id between $2 and tenant_id = $1"],
])("%s is no condition that names the tenant", (_what, condition) => {
  expect([...findUnnamedTenants(`select * from images where ${condition}`, columns)]).toEqual(["images"]);
});

it.each([
  ["a cast", "tenant_id = $1::text and id = $2"],
  ["a cast of a length", "tenant_id = $1::varchar(90)"],
  ["a range", "created_at between $2 and $3 and tenant_id = $1"],
  ["a case", "tenant_id = $1 and (case when id = $2 then true else false end)"],
])("%s beside the tenant is let pass", (_what, condition) => {
  expect([...findUnnamedTenants(`select * from images where ${condition}`, columns)]).toEqual([]);
});

describe("a statement that forgets the tenant is refused", () => {
  it.each<[string, (tx: Database | Transaction) => PromiseLike<unknown>, string[]]>([
    ["select", (tx) => tx.select().from(images), ["images"]],
    ["select by id", (tx) => tx.select().from(images).where(eq(images.id, "x")), ["images"]],
    ["relational", (tx) => tx.query.users.findFirst({ where: eq(users.id, "x") }), ["users"]],
    ["count", (tx) => tx.$count(images), ["images"]],
    ["update", (tx) => tx.update(images).set({ title: "x" }).where(eq(images.id, "x")), ["images"]],
    ["update of the tenants", (tx) => tx.update(tenants).set({ name: "x" }), ["tenants"]],
    ["delete", (tx) => tx.delete(connections), ["connections"]],
    [
      "or",
      (tx) =>
        tx
          .select()
          .from(images)
          .where(or(eq(images.tenantId, TENANT), eq(images.id, "x"))),
      ["images"],
    ],
    [
      "join of which one side is named",
      (tx) =>
        tx
          .select({ id: images.id })
          .from(images)
          .innerJoin(collections, eq(collections.id, images.collectionId))
          .where(eq(images.tenantId, TENANT)),
      ["collections"],
    ],
    [
      "join of equal tenants of which none is named",
      (tx) =>
        tx.select({ id: users.id }).from(users).innerJoin(apiKeys, eq(apiKeys.tenantId, users.tenantId)),
      ["users", "api_keys"],
    ],
    [
      "left join whose condition names the left side",
      (tx) =>
        tx
          .select({ id: images.id })
          .from(images)
          .leftJoin(collections, and(eq(collections.tenantId, TENANT), eq(images.tenantId, TENANT))),
      ["images"],
    ],
    [
      "same table twice",
      (tx) =>
        tx
          .select()
          .from(images)
          .innerJoin(other, eq(other.sha256, images.sha256))
          .where(eq(images.tenantId, TENANT)),
      ["images"],
    ],
    [
      "subquery in a condition",
      (tx) =>
        tx
          .select({ id: images.id })
          .from(images)
          .where(
            and(
              eq(images.tenantId, TENANT),
              inArray(images.collectionId, tx.select({ id: collections.id }).from(collections)),
            ),
          ),
      ["collections"],
    ],
    [
      "subquery in the list of columns",
      (tx) => tx.execute(sql`select (select count(*) from images where id = 'x') as n`),
      ["images"],
    ],
    [
      "CTE",
      (tx) => {
        const found = tx.$with("found").as(tx.select({ id: images.id }).from(images));
        return tx.with(found).select().from(found);
      },
      ["images"],
    ],
    [
      "data-changing CTE",
      (tx) => tx.execute(sql`with gone as (delete from images returning id) select * from gone`),
      ["images"],
    ],
    [
      "part of a union",
      (tx) =>
        tx.execute(
          sql`select id from images where tenant_id = ${TENANT} union all select id from collections`,
        ),
      ["collections"],
    ],
    [
      "insert",
      (tx) => tx.execute(sql`insert into collections (id, name) values ('a', 'b')`),
      ["collections"],
    ],
    [
      "insert of what another tenant has",
      (tx) =>
        tx.execute(
          sql`insert into collections (id, tenant_id, name) select id, ${TENANT}, filename from images`,
        ),
      ["images"],
    ],
    [
      "upsert that may write to another tenant's row",
      (tx) =>
        tx
          .insert(collections)
          .values({ id: "col_1", tenantId: TENANT, name: "x", createdBy: "usr_1" })
          .onConflictDoUpdate({ target: collections.id, set: { name: "x" } }),
      ["collections"],
    ],
    ["another kind of statement", (tx) => tx.execute(sql`lock table images`), ["images"]],
    ["truncation", (tx) => tx.execute(sql`truncate public."images"`), ["images"]],
    ["parentheses that do not match", (tx) => tx.execute(sql`select ( from images`), ["images"]],
    ["second statement", (tx) => tx.execute(sql`select 1; delete from images`), ["images"]],
    [
      "invented marker",
      (tx) => tx.execute(sql`select id from images where /* across tenants: because */ true`),
      ["images"],
    ],
    [
      "marker that OR takes the force of",
      (tx) => tx.execute(sql`select id from images where ${acrossTenants("expiredRows")} or id = 'x'`),
      ["images"],
    ],
    [
      "marker of the level above",
      (tx) =>
        tx.execute(
          sql`select 1 from users where ${acrossTenants("expiredRows")} and id in (select created_by from images)`,
        ),
      ["images"],
    ],
    [
      "tenant in a string and in a comment",
      (tx) => tx.execute(sql`select 1 from images where id = 'and tenant_id = $1' /* and tenant_id = $1 */`),
      ["images"],
    ],
  ])("%s", async (_name, query, tables) => {
    expect(await refusal(query(db))).toEqual(tables);
    expect(await refusal(db.transaction(async (tx) => query(tx)))).toEqual(tables);
  });
});

describe("a statement that names the tenant is sent", () => {
  it.each([
    [
      "through a join",
      "select 1 from users u join api_keys k on k.tenant_id = u.tenant_id where k.tenant_id = $1",
    ],
    [
      "through the tenants",
      'select 1 from users join tenants t on t.id = users.tenant_id where "t"."id" = $1',
    ],
    [
      "of both sides of a left join",
      "select 1 from images i left join collections c on c.tenant_id = i.tenant_id where i.tenant_id = $1",
    ],
    [
      "the other way round, with a cast",
      "select 1 from images where $1::text = images.tenant_id and id = $2",
    ],
    [
      "of a correlated subquery",
      "select (select 1 from images where images.tenant_id = c.tenant_id) from collections c where tenant_id = $1",
    ],
    [
      "of a lateral join",
      "select 1 from users u, lateral (select 1 from images i where i.tenant_id = u.tenant_id) x where u.tenant_id = $1",
    ],
    [
      "by rows that a CTE gave",
      "with w as (select tenant_id, id from images where tenant_id = $1) delete from images using w where images.tenant_id = w.tenant_id",
    ],
    ["in an insert", "insert into users (id, tenant_id) values ($1, $2) on conflict do nothing"],
    [
      "in an upsert by the tenant's own column",
      "insert into users (id, tenant_id) values ($1, $2) on conflict (tenant_id, id) do update set id = excluded.id",
    ],
    [
      "in an upsert with a condition",
      "insert into users (id, tenant_id) values ($1, $2) on conflict (id) do update set id = $3 where users.tenant_id = excluded.tenant_id",
    ],
    ["of tables of another schema", "select 1 from queue.users"],
    [
      "where FROM is no clause",
      "select extract(epoch from created_at) from images where id is distinct from $2 and tenant_id = $1",
    ],
  ])("%s", (_name, statement) => {
    expect([...findUnnamedTenants(statement, columns)]).toEqual([]);
  });

  it("by Drizzle's own words, prepared and within a transaction", async () => {
    const own = eq(images.tenantId, TENANT);
    const prepared = db
      .select()
      .from(images)
      .where(and(eq(images.tenantId, sql.placeholder("tenantId")), eq(images.id, "x")))
      .prepare("guard_test");
    expect(await prepared.execute({ tenantId: TENANT })).toEqual([]);
    expect(await db.transaction((tx) => tx.select().from(images).where(own))).toEqual([]);
    expect(await db.update(images).set({ title: "x" }).where(own).returning()).toEqual([]);
    expect(await db.select().from(images).where(acrossTenants("expiredRows"))).toEqual([]);
  });
});

describe("the guard", () => {
  it("knows every table with a tenant by the schema, and the tenants themselves", () => {
    expect(columns.get("tenants")).toBe("id");
    expect(columns.get("transfer_items")).toBe("tenant_id");
    expect(columns.has("auth_sessions")).toBe(false);
  });

  it("says which table, what to do about it, and which statement it was, without its values", async () => {
    const secret = "a value that stays out";
    await expect(db.select().from(transferJobs).where(eq(transferJobs.id, secret))).rejects.toThrow(
      /^This statement reaches transfer_jobs without naming the tenant.*Let transfer_jobs\.tenant_id equal.*acrossTenants.*It was: select/s,
    );
    const error: unknown = await db
      .select()
      .from(transferJobs)
      .where(eq(transferJobs.id, secret))
      .catch((e) => e);
    expect(String(error)).not.toContain(secret);
  });

  it("sends nothing of a prepared statement that it refuses, and rolls the transaction around it back", async () => {
    const forgotten = db.delete(tenants).prepare("guard_test_forgotten");
    expect(await refusal(forgotten.execute())).toEqual(["tenants"]);
    const broken = db.transaction(async (tx) => {
      await tx.insert(tenants).values({ id: "ten_2", name: "gone" });
      await tx.delete(tenants);
    });
    expect(await refusal(broken)).toEqual(["tenants"]);
    expect(await lookAnywhere(database).select({ id: tenants.id }).from(tenants)).toEqual([{ id: TENANT }]);
  });

  it("judges statements with many values by what they have in common, and refuses them all the same", () => {
    const guard = createTenantGuard(columns);
    const rows = Array.from({ length: 2000 }, (_, row) => `($${row * 2 + 1}, $${row * 2 + 2})`).join(", ");
    guard.logQuery(`insert into "users" ("id", "tenant_id") values ${rows}`, []);
    expect(() => guard.logQuery(`insert into "users" ("id", "name") values ${rows}`, [])).toThrow("users");
    const list = Array.from({ length: 2000 }, (_, index) => `$${index + 2}`).join(", ");
    guard.logQuery(`select 1 from "users" where ("tenant_id" = $1 and "id" in (${list}))`, []);
    expect(() => guard.logQuery(`select 1 from "users" where "id" in (${list})`, [])).toThrow("users");
  });
});
