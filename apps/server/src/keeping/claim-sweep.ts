import { sql } from "drizzle-orm";
import type { Queryable } from "../db/index.ts";

/**
 * Takes a sweep for this process when nobody has begun it within the time: of many workers one does it, and when that one
 * dies, another the next time. By the database's clock.
 * @param everyMs how often it is due, in milliseconds
 */
export async function claimSweep(db: Queryable, name: string, everyMs: number): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    insert into sweeps (name, began_at) values (${name}, now())
    on conflict (name) do update set began_at = now()
    where sweeps.began_at <= now() - ${everyMs}::int * interval '1 millisecond'`);
  return rowCount === 1;
}
