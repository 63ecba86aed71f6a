import { type SQL, sql } from "drizzle-orm";
import { QUEUE_SCHEMA } from "./is-held.ts";

/**
 * Messages that somebody has or will get, as a table of `name` and `data` (their payload), for who compares work with its
 * messages in one statement. What settles a message and sends another in its place does so in one transaction.
 */
export function liveMessages(): SQL {
  return sql`(select name, data from ${sql.identifier(QUEUE_SCHEMA)}.job where state in ('created', 'retry', 'active'))`;
}
