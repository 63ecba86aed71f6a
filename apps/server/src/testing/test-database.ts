import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { dropDatabase, runOn, withDatabase } from "./test-server.ts";

/** A database of one test file's own. */
export interface TestDatabase {
  readonly connectionString: string;
  /** Removes it, with whatever is still connected. */
  drop(): Promise<void>;
}

/** Makes a migrated, empty database, as a copy of the run's template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return await create(inject("templateDatabase"));
}

/** Makes a database without any tables, for the tests of what makes tables. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return await create("template1");
}

async function create(template: string): Promise<TestDatabase> {
  const adminUrl = inject("postgresAdminUrl");
  const name = `driveway_test_${randomBytes(6).toString("hex")}`;
  await runOn(adminUrl, `create database ${name} template ${template}`);
  return {
    connectionString: withDatabase(adminUrl, name),
    drop: () => dropDatabase(adminUrl, name),
  };
}
