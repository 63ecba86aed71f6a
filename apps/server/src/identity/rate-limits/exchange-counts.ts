import { lt, sql } from "drizzle-orm";
import { type Database, rateLimitCounts } from "../../db/index.ts";

/** What one node counted of a key in a window since it told last; 0 to ask only. */
export interface HashedChange {
  readonly keyHash: Buffer;
  readonly window: number;
  readonly added: number;
}

/**
 * Tells the other nodes what was counted here, and reads what all of them counted, in one statement. Rows are written in
 * the order of their keys, so that nodes which tell at once wait for each other and never in a circle.
 * @returns the totals by place in `changes`; 0 where nobody has counted anything
 */
export async function exchangeCounts(db: Database, changes: readonly HashedChange[]): Promise<number[]> {
  const keys = sql.param(changes.map(({ keyHash }) => keyHash));
  const windows = sql.param(changes.map(({ window }) => window));
  const added = sql.param(changes.map((change) => change.added));
  const { rows } = await db.execute<{ place: number; total: number }>(sql`
    with sent as (
      select * from unnest(${keys}::bytea[], ${windows}::integer[], ${added}::integer[])
        with ordinality as sent (key, window_number, added, place)
    ), told as (
      insert into rate_limit_counts as c (window_number, key, count)
      select window_number, key, added from sent where added <> 0 order by window_number, key
      on conflict (window_number, key) do update set count = c.count + excluded.count
      returning window_number, key, count
    )
    select sent.place::integer as place, coalesce(told.count, c.count, 0) as total
    from sent
    left join told on told.window_number = sent.window_number and told.key = sent.key
    left join rate_limit_counts c on c.window_number = sent.window_number and c.key = sent.key`);
  const totals = changes.map(() => 0);
  for (const { place, total } of rows) totals[place - 1] = total;
  return totals;
}

/** Removes the windows before this one. */
export async function sweepCounts(db: Database, params: { readonly beforeWindow: number }): Promise<void> {
  await db.delete(rateLimitCounts).where(lt(rateLimitCounts.windowNumber, params.beforeWindow));
}
