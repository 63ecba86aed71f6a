import { connectDatabase, type Database } from "../db/index.ts";
import { lookAnywhere } from "./look-anywhere.ts";
import { testLog } from "./test-log.ts";
import type { TestDatabase } from "./test-database.ts";

/** Opens a database for a test to look into, whatever tenant's; close it in `afterAll`, before the database is dropped. */
export function openDatabase({ connectionString }: TestDatabase): {
  readonly db: Database;
  close(): Promise<void>;
} {
  const opened = connectDatabase({ connectionString, poolSize: 3, applicationName: "test", log: testLog() });
  return { db: lookAnywhere(opened), close: () => opened.close() };
}
