import { getTableColumns, getTableName, is } from "drizzle-orm";
import { CasingCache } from "drizzle-orm/casing";
import { PgTable } from "drizzle-orm/pg-core";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import * as schema from "./schema.ts";

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

/** `table.column type null|not null`, one line a column. */
async function columnsInDatabase(): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.attnotnull then ' not null' else '' end as line
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
      and c.relname <> 'schema_migrations'`);
  return rows.map(({ line }) => line).sort();
}

function columnsInSchema(): string[] {
  const casing = new CasingCache("snake_case");
  const tables = Object.values(schema).filter((entry) => is(entry, PgTable));
  const lines = tables.flatMap((table) =>
    Object.values(getTableColumns(table)).map((column) => {
      // An element of an array says what the array is of; Drizzle puts the brackets behind.
      const isRequired = column.notNull || column.primary;
      const name = `${getTableName(table)}.${casing.getColumnCasing(column)}`;
      return `${name} ${column.getSQLType()}${isRequired ? " not null" : ""}`;
    }),
  );
  return lines.sort();
}

it("the typed schema has the very columns that the migrations make", async () => {
  const inDatabase = await columnsInDatabase();
  expect(inDatabase.length).toBeGreaterThan(100);
  expect(columnsInSchema()).toEqual(inDatabase);
});
