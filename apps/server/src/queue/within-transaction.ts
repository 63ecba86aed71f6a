import type { Pool } from "pg";
import type { Db } from "pg-boss";

/** Runs commands of pg-boss in one transaction. What `work` throws rolls it back and is thrown on. */
export async function withinTransaction(pool: Pool, work: (db: Db) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await work({ executeSql: (text, values) => client.query(text, values) });
    await client.query("commit");
    client.release();
  } catch (error) {
    // Closing the connection rolls back, whatever state it is in.
    client.release(true);
    throw error;
  }
}
