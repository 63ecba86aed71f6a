import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { unknownSealedColumns } from "./count-sealed.ts";
import { SEALED_COLUMNS } from "./sealed-columns.ts";

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

it("knows every column of the tables whose name says that it is sealed, and no others", async () => {
  const { rows } = await client.query<{ name: string }>(String.raw`
    select c.relname || '.' || a.attname || ' ' || format_type(id.atttypid, null) || ' ' ||
      exists (select 1 from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id') as name
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    left join pg_attribute id on id.attrelid = c.oid and id.attname = 'id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped
      and a.attname like '%\_sealed'`);
  const known = SEALED_COLUMNS.map(
    ({ table, column, idType, hasTenant }) => `${table}.${column} ${idType} ${hasTenant}`,
  );
  expect(rows.map(({ name }) => name).sort()).toEqual(known.sort());
});

it("tells of a sealed column that somebody added and rotation does not know", async () => {
  expect(await unknownSealedColumns(client)).toEqual([]);
  await client.query("create table later (id text primary key, secret_sealed text)");
  expect(await unknownSealedColumns(client)).toEqual(["later.secret_sealed"]);
});
