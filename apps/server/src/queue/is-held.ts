import type { Pool } from "pg";
import type { QueueName } from "./queues.ts";

/** Where pg-boss keeps its tables. */
export const QUEUE_SCHEMA = "queue";

/**
 * Whether a message with this in its payload is with a worker. pg-boss lists messages only with those that have ended, so
 * its table is asked.
 */
export async function isHeld(pool: Pool, name: QueueName, part: object): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from ${QUEUE_SCHEMA}.job where name = $1 and state = 'active' and data @> $2::jsonb limit 1`,
    [name, JSON.stringify(part)],
  );
  return rowCount !== null && rowCount > 0;
}
