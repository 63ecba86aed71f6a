import type { TestProject } from "vitest/node";
import { startTestServer } from "./test-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of a role that may create databases. */
    postgresAdminUrl: string;
    /** A migrated and empty database to copy. */
    templateDatabase: string;
  }
}

/**
 * Before the first test: one PostgreSQL for the run (`TEST_DATABASE_URL` names another server to use), with a migrated
 * template that `createTestDatabase` copies. After the last test it is gone.
 */
export default async function setUpPostgres(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer({ serverUrl: process.env.TEST_DATABASE_URL ?? null });
  project.provide("postgresAdminUrl", server.adminUrl);
  project.provide("templateDatabase", server.templateDatabase);
  return () => server.close();
}
