import { fileURLToPath } from "node:url";
import { readMigrations } from "./migration-files.ts";
import type { Queries } from "./sealing/index.ts";

/** How many steps of the schema a database has, and how many this program knows. Changes nothing. */
export async function migrationState(
  queries: Queries,
): Promise<{ readonly applied: number; readonly known: number }> {
  const known = (await readMigrations(fileURLToPath(new URL("./migrations", import.meta.url)))).length;
  const table = await queries.query("select where to_regclass('schema_migrations') is not null");
  if (table.rowCount === 0) return { applied: 0, known };
  const { rows } = await queries.query<{ count: string }>(
    "select count(*)::text as count from schema_migrations",
  );
  return { applied: Number(rows[0]?.count ?? 0), known };
}
