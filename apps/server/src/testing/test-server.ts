import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../db/embedded/index.ts";
import { migrate } from "../db/migrate.ts";
import { createLog } from "../platform/index.ts";

/** The PostgreSQL of one test run, with a migrated database that tests are copied from. */
export interface TestServer {
  /** Of a role that may create databases. */
  readonly adminUrl: string;
  readonly templateDatabase: string;
  close(): Promise<void>;
}

/** What a power cut could cost does not matter here, and flushing is most of the time of small tests. */
const FAST = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/**
 * Starts a server of its own in a temporary folder, or uses the one of `TEST_DATABASE_URL`, and makes the template.
 * @param params.serverUrl a server to use instead of an own one; its role must be allowed to create databases
 */
export async function startTestServer(params: { serverUrl: string | null }): Promise<TestServer> {
  const server =
    params.serverUrl === null ? await startOwn() : { url: params.serverUrl, stop: async () => {} };
  const templateDatabase = `driveway_template_${randomBytes(6).toString("hex")}`;
  const drop = () => dropDatabase(server.url, templateDatabase);
  const close = async () => {
    await drop();
    await server.stop();
  };
  try {
    await runOn(server.url, `create database ${templateDatabase}`);
    const connectionString = withDatabase(server.url, templateDatabase);
    await migrate({ connectionString, log: createLog({ level: "silent", pretty: false }) });
    return { adminUrl: server.url, templateDatabase, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same server and role, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/**
 * Drops a database that may be in use by this role. `with (force)` would also try to end an autovacuum that happens to be
 * at work there, which takes a superuser; a plain drop sends that one away by itself.
 */
export async function dropDatabase(url: string, database: string): Promise<void> {
  const others = `select pid from pg_stat_activity where datname = '${database}' and usename = current_user`;
  await runOn(url, `select pg_terminate_backend(pid) from (${others}) as others`);
  await runOn(url, `drop database if exists ${database}`);
}

/** One statement on a connection of its own. */
export async function runOn(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function startOwn(): Promise<{ url: string; stop: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), "driveway-test-"));
  const postgres = await startEmbeddedPostgres({ dataDir, settings: FAST });
  const stop = async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { url: postgres.connectionString, stop };
}
