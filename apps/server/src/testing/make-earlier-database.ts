import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { migrate } from "../db/index.ts";
import { createEmptyDatabase, type TestDatabase } from "./test-database.ts";
import { testLog } from "./test-log.ts";

const FIRST = "0001_initial.sql";
/** In this order each table finds the rows that it points at. */
const TABLES = [
  "tenants",
  "auth_users",
  "auth_accounts",
  "auth_sessions",
  "users",
  "api_keys",
  "oauth_attempts",
  "provider_accounts",
  "connections",
  "picker_sessions",
  "collections",
  "images",
  "transfer_jobs",
  "transfer_chunks",
  "transfer_items",
];

type Row = Record<string, unknown>;

/**
 * Makes a database as the first version left it, with the rows of one of today: what later versions added is left out.
 * @param asItWas gives a row the values that the first version would have written
 */
export async function makeEarlierDatabase(
  today: TestDatabase,
  asItWas: (table: string, row: Row) => Row,
): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  const { connectionString } = database;
  const directory = await mkdtemp(join(tmpdir(), "driveway-first-"));
  await copyFile(
    fileURLToPath(new URL(`../db/migrations/${FIRST}`, import.meta.url)),
    join(directory, FIRST),
  );
  await migrate({ connectionString, directory, log: testLog() });
  await rm(directory, { recursive: true });
  const [from, to] = [today.connectionString, connectionString].map(
    (url) => new pg.Client({ connectionString: url }),
  );
  if (from === undefined || to === undefined) throw new Error("no clients");
  await Promise.all([from.connect(), to.connect()]);
  for (const table of TABLES) {
    const { rows } = await from.query<{ row: Row }>(`select to_jsonb(t) as row from ${table} t`);
    const earlier = rows.map(({ row }) => asItWas(table, row));
    const read = `select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`;
    await to.query(`insert into ${table} ${read}`, [JSON.stringify(earlier)]);
  }
  await Promise.all([from.end(), to.end()]);
  return database;
}
