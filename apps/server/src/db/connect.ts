import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import type { Log } from "../platform/index.ts";
import * as schema from "./schema.ts";
import { withoutSilentConnections } from "./silent-connections.ts";
import { createTenantGuard } from "./tenant-guard/tenant-guard.ts";
import { tenantColumnsOf } from "./tenant-guard/tenant-columns.ts";
import { int8AsNumberClient, int8Types } from "./whole-numbers.ts";

/** Typed queries, each on a connection of its own from the pool. */
export type Database = NodePgDatabase<typeof schema>;

/** Typed queries within one transaction. */
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

/** What a function takes that does not care whether it runs within a transaction. */
export type Queryable = Database | Transaction;

/** The open door to the database. */
export interface DatabaseConnection {
  readonly pool: pg.Pool;
  readonly db: Database;
  /** Waits for running queries and closes all connections. May be called twice. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_CONNECTION_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 60_000;
/** Later than the server would have ended the statement: when it comes to this, nobody answers any more. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 15_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000;

/**
 * Opens a pool of connections; the first is made with the first query. A statement may run for 60 seconds, and a transaction
 * may stand idle for 60 seconds; the server ends what takes longer. A server that is silent for 75 seconds counts as
 * gone: the query fails and its connection ends. The loss of an idle connection is logged and the
 * connection replaced. int8 comes as a number when one can hold it exactly, else as text. A statement of `db` that reaches
 * a tenant's table without naming the tenant is refused with a {@link TenantNotNamedError} before it is sent.
 * @param params.poolSize most connections at a time
 * @param params.applicationName what the server's list of connections says
 */
export function connectDatabase(params: {
  connectionString: string;
  poolSize: number;
  applicationName: string;
  log: Log;
  /** For tests; in milliseconds. */
  queryTimeoutMs?: number;
}): DatabaseConnection {
  const pool = new pg.Pool({
    connectionString: params.connectionString,
    max: params.poolSize,
    application_name: params.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    query_timeout: params.queryTimeoutMs ?? QUERY_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: int8Types(),
    Client: withoutSilentConnections(int8AsNumberClient()),
  });
  // Idle or lent out, a connection tells of its loss by an event; a query that was running fails by itself.
  pool.on("connect", (client) => {
    client.on("error", (error) => params.log.warn({ err: error }, "a database connection was lost"));
  });
  pool.on("error", (error) => params.log.debug({ err: error }, "an idle database connection was replaced"));
  const db = drizzle(pool, {
    schema,
    casing: "snake_case",
    logger: createTenantGuard(tenantColumnsOf(schema)),
  });
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= pool.end();
    return closing;
  };
  return { pool, db, close };
}
