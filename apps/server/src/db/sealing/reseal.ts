import pg from "pg";
import { type Keyring, keyIdOf, UnsealError } from "../../platform/index.ts";
import type { Queries } from "./count-sealed.ts";
import { placeIn, SEALED_COLUMNS, type SealedColumn } from "./sealed-columns.ts";

const BATCH_ROWS = 200;
const BATCH_TRIES = 5;
const DEADLOCK_DETECTED = "40P01";

/** What a pass over all sealed values did. */
export interface ResealReport {
  /** Values that were sealed anew with the first key, by table. */
  readonly resealed: ReadonlyMap<string, number>;
  /** Values that do not open with any key of the ring, by table and key id. They are left as they are. */
  readonly unopened: readonly { readonly table: string; readonly keyId: string; readonly values: number }[];
}

interface SealedRow {
  readonly id: string;
  readonly tenantId: string;
  readonly sealed: string;
}

/**
 * Goes once through every sealed value of all tenants, opens it, and seals anew what the first key did not seal. A value
 * is replaced only while it is still the one that was read, so whoever writes a newer one in between wins. Every batch is
 * a statement of its own: the pass can end at any moment and begin again. It holds one batch in memory.
 * @param params.signal ends the pass between two batches
 */
export async function resealAll(params: {
  readonly queries: Queries;
  readonly keyring: Keyring;
  readonly signal: AbortSignal;
}): Promise<ResealReport> {
  const resealed = new Map<string, number>();
  const unopened = new Map<string, { table: string; keyId: string; values: number }>();
  for (const column of SEALED_COLUMNS) {
    for await (const rows of batchesOf(params.queries, column)) {
      params.signal.throwIfAborted();
      const { fresh, failed } = sealAnew(params.keyring, column, rows);
      const written = await replace(params.queries, column, fresh);
      resealed.set(column.table, (resealed.get(column.table) ?? 0) + written);
      for (const keyId of failed) {
        const name = `${column.table}\0${keyId}`;
        const values = (unopened.get(name)?.values ?? 0) + 1;
        unopened.set(name, { table: column.table, keyId, values });
      }
    }
  }
  return { resealed, unopened: [...unopened.values()] };
}

async function* batchesOf(queries: Queries, column: SealedColumn): AsyncGenerator<SealedRow[]> {
  const tenant = column.hasTenant ? "tenant_id" : "''";
  const select = (beyond: string) => `
    select id::text as id, ${tenant} as "tenantId", ${column.column} as sealed from ${column.table}
    where ${column.column} is not null ${beyond} order by id limit ${BATCH_ROWS}`;
  let last: string | null = null;
  for (;;) {
    const { rows }: { rows: SealedRow[] } =
      last === null
        ? await queries.query<SealedRow>(select(""))
        : await queries.query<SealedRow>(select(`and id > $1::${column.idType}`), [last]);
    if (rows.length > 0) yield rows;
    last = rows.at(-1)?.id ?? null;
    if (last === null || rows.length < BATCH_ROWS) return;
  }
}

interface Replacement extends SealedRow {
  readonly fresh: string;
}

function sealAnew(keyring: Keyring, column: SealedColumn, rows: readonly SealedRow[]) {
  const fresh: Replacement[] = [];
  const failed: string[] = [];
  for (const row of rows) {
    try {
      const plain = keyring.open(row.sealed, placeIn(column, row));
      if (keyIdOf(row.sealed) === keyring.keyIds[0]) continue;
      fresh.push({ ...row, fresh: keyring.seal(plain, placeIn(column, row)) });
    } catch (error) {
      if (!(error instanceof UnsealError)) throw error;
      failed.push(error.keyId.slice(0, 64));
    }
  }
  return { fresh, failed };
}

/** Compare and set, row by row in one statement. @returns how many values were replaced */
async function replace(
  queries: Queries,
  column: SealedColumn,
  rows: readonly Replacement[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const sameTenant = column.hasTenant ? "and target.tenant_id = new.tenant_id" : "";
  const statement = `
    update ${column.table} target set ${column.column} = new.fresh
    from unnest($1::${column.idType}[], $2::text[], $3::text[], $4::text[]) as new (id, tenant_id, sealed, fresh)
    where target.id = new.id ${sameTenant} and target.${column.column} = new.sealed`;
  const values = [
    rows.map(({ id }) => id),
    rows.map(({ tenantId }) => tenantId),
    rows.map(({ sealed }) => sealed),
    rows.map(({ fresh }) => fresh),
  ];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await queries.query(statement, values)).rowCount ?? 0;
    } catch (error) {
      const isDeadlock = error instanceof pg.DatabaseError && error.code === DEADLOCK_DETECTED;
      if (!isDeadlock || attempt === BATCH_TRIES) throw error;
    }
  }
}
