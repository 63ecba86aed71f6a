import { fileURLToPath } from "node:url";
import pg from "pg";
import type { Log } from "../platform/index.ts";
import { MigrationError } from "./migration-error.ts";
import { type Migration, readMigrations } from "./migration-files.ts";

/** Held by the session that migrates; everybody else who wants to waits for it. */
const MIGRATION_LOCK = 4_711_018_265;

/** What a run did. */
export interface MigrationReport {
  /** The steps that were applied now, in order, for example `0001_initial`. */
  readonly applied: readonly string[];
  /** The number of the last step in the database; 0 for none. */
  readonly version: number;
}

/**
 * Brings the schema up to date: applies the files that the database does not have yet, in order, each in a transaction of its
 * own together with its row in `schema_migrations`. Any number of processes may do this at once: one works and the others
 * wait, then find nothing to do. The lock belongs to a session, so the connection must reach PostgreSQL directly and not through
 * a pooler in transaction mode.
 * @param params.directory other migrations than Driveway's own
 * @throws {MigrationError} see there; everything applied before stays
 */
export async function migrate(params: {
  connectionString: string;
  log: Log;
  directory?: string;
}): Promise<MigrationReport> {
  const directory = params.directory ?? fileURLToPath(new URL("./migrations", import.meta.url));
  const migrations = await readMigrations(directory);
  const client = new pg.Client({
    connectionString: params.connectionString,
    application_name: "driveway migrate",
  });
  // The query that is running fails by itself when the connection goes; a listener keeps the process alive until then.
  client.on("error", (error) => params.log.warn({ err: error }, "the connection that migrates was lost"));
  await connect(client);
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    return await applyMissing({ client, migrations, log: params.log });
  } finally {
    await client.end();
  }
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    // A name with several addresses fails with all of their errors, and a message of its own that is empty.
    const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
    const reason = first instanceof Error ? first.message : String(first);
    throw new MigrationError("database_unreachable", `The database cannot be reached: ${reason}.`, { cause });
  }
}

async function applyMissing(params: {
  client: pg.Client;
  migrations: readonly Migration[];
  log: Log;
}): Promise<MigrationReport> {
  const { client, migrations } = params;
  const present = await readApplied(client);
  refuseForeignHistory(present, migrations);
  const missing = migrations.slice(present.length);
  for (const migration of missing) {
    await apply(client, migration);
    params.log.info({ migration: fileName(migration) }, "applied a migration");
  }
  return { applied: missing.map(fileName), version: migrations.length };
}

interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
}

async function readApplied(client: pg.Client): Promise<AppliedMigration[]> {
  const known = await client.query("select 1 where to_regclass('schema_migrations') is not null");
  if (known.rows.length === 0) {
    await client.query(
      "create table schema_migrations (version int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())",
    );
  }
  const rows = await client.query<AppliedMigration>(
    "select version, name, sha256 from schema_migrations order by version",
  );
  return rows.rows;
}

/** What is applied must be the beginning of what we have, file by file. */
function refuseForeignHistory(present: readonly AppliedMigration[], migrations: readonly Migration[]): void {
  for (const [index, applied] of present.entries()) {
    const migration = migrations[index];
    if (migration === undefined) {
      throw new MigrationError(
        "database_newer",
        `The database is at schema version ${present.length} and this Driveway knows ${migrations.length}: run the newer version that wrote it.`,
      );
    }
    if (migration.version !== applied.version || migration.sha256 !== applied.sha256) {
      throw new MigrationError(
        "migration_changed",
        `The migration ${fileName(migration)} is not the one that was applied as ${fileName(applied)}: an applied migration must never change.`,
      );
    }
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(migration.sql);
    await client.query("insert into schema_migrations (version, name, sha256) values ($1, $2, $3)", [
      migration.version,
      migration.name,
      migration.sha256,
    ]);
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback").catch(() => undefined);
    throw new MigrationError("migration_failed", failureMessage(migration, cause), { cause });
  }
}

function failureMessage(migration: Migration, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const position = cause instanceof pg.DatabaseError ? Number(cause.position ?? Number.NaN) : Number.NaN;
  const line = Number.isNaN(position)
    ? ""
    : ` in line ${migration.sql.slice(0, position - 1).split("\n").length}`;
  return `The migration ${fileName(migration)} failed${line}: ${reason}.`;
}

function fileName(migration: { readonly version: number; readonly name: string }): string {
  return `${String(migration.version).padStart(4, "0")}_${migration.name}`;
}
