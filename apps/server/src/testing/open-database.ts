import type pg from "pg";
import { connectDatabase, type Database } from "../db/index.ts";
import { lookAnywhere } from "./look-anywhere.ts";
import { testLog } from "./test-log.ts";
import type { TestDatabase } from "./test-database.ts";

/** A test database with its connections. Close it in `afterAll`, before the database is dropped. */
export interface OpenedDatabase {
  /** For the test to look into, whatever tenant's. */
  readonly db: Database;
  /** For the parts under test, which reach no row without naming its tenant. */
  readonly guarded: Database;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** Opens a test database for the test itself and for the parts under test. */
export function openDatabase({ connectionString }: Pick<TestDatabase, "connectionString">): OpenedDatabase {
  const opened = connectDatabase({ connectionString, poolSize: 8, applicationName: "test", log: testLog() });
  return {
    db: lookAnywhere(opened),
    guarded: opened.db,
    pool: opened.pool,
    close: () => opened.close(),
  };
}
