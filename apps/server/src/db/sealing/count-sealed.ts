import type pg from "pg";
import { SEALED_COLUMNS, type SealedColumn } from "./sealed-columns.ts";

/** Values of one table that one key sealed. */
export interface SealedCount {
  readonly table: string;
  readonly keyId: string;
  readonly values: number;
}

/** What sends statements to the database: a pool or one connection. */
export type Queries = Pick<pg.Pool, "query">;

/** Counts the sealed values of all tenants, by table and by the id of the key that stands in front of each. Opens none. */
export async function countSealed(queries: Queries): Promise<SealedCount[]> {
  const counts = new Map<string, SealedCount>();
  for (const column of SEALED_COLUMNS) {
    for (const { keyId, values } of await countColumn(queries, column)) {
      const name = `${column.table}\0${keyId}`;
      const before = counts.get(name)?.values ?? 0;
      counts.set(name, { table: column.table, keyId, values: before + values });
    }
  }
  return [...counts.values()];
}

async function countColumn(queries: Queries, { table, column }: SealedColumn) {
  const { rows } = await queries.query<{ keyId: string; values: string }>(`
    select left(split_part(${column}, '.', 1), 64) as "keyId", count(*)::text as "values"
    from ${table} where ${column} is not null group by 1 order by 1`);
  return rows.map(({ keyId, values }) => ({ keyId, values: Number(values) }));
}

/** Sealed columns that the tables have and this program does not know: values that it could not seal anew. */
export async function unknownSealedColumns(queries: Queries): Promise<string[]> {
  const { rows } = await queries.query<{ table: string; column: string }>(String.raw`
    select table_name::text as "table", column_name::text as "column" from information_schema.columns
    where table_schema = current_schema() and column_name like '%\_sealed' order by 1, 2`);
  const known = new Set(SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`));
  return rows.map(({ table, column }) => `${table}.${column}`).filter((name) => !known.has(name));
}
