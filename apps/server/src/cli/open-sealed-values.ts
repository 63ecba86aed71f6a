import { stat } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { type Config, readConfig } from "../config.ts";
import { connectDatabase, type Queries, startEmbeddedPostgres, unknownSealedColumns } from "../db/index.ts";
import { readGeneratedKey } from "../encryption-keys.ts";
import { createKeyring, createLog, type Keyring, type SealingKey } from "../platform/index.ts";
import type { CommandContext } from "./command.ts";
import { CommandError } from "./command-error.ts";

const UNDEFINED_TABLE = "42P01";

/** The configured keys and the database with what they sealed. */
export interface SealedValues {
  readonly keyring: Keyring;
  readonly queries: Queries;
}

/**
 * Opens the database that the service of this configuration uses, joining or starting the embedded one, and closes it
 * when the work is done. Changes neither tables nor keys.
 * @throws {CommandError} when there is no database or no key, or the tables are not those of this version
 */
export async function withSealedValues<T>(
  { environment }: CommandContext,
  work: (values: SealedValues) => Promise<T>,
): Promise<T> {
  const config = readConfig(environment);
  const keys = config.encryptionKeys ?? (await requireGeneratedKey(config));
  const log = createLog({ level: "error", pretty: process.stderr.isTTY });
  const opened = new AsyncDisposableStack();
  try {
    const connectionString = config.databaseUrl ?? (await joinEmbedded(config, opened));
    const database = connectDatabase({
      connectionString,
      poolSize: 2,
      applicationName: "driveway keys",
      log,
    });
    opened.defer(() => database.close());
    const queries = database.pool;
    await requireKnownTables(queries);
    return await work({ keyring: createKeyring(keys), queries });
  } catch (error) {
    throw asCommandError(error);
  } finally {
    await opened.disposeAsync();
  }
}

async function requireGeneratedKey(config: Config): Promise<readonly [SealingKey]> {
  const keys = await readGeneratedKey(config.dataDir);
  if (keys !== null) return keys;
  throw new CommandError(`ENCRYPTION_KEYS is not set, and ${config.dataDir} holds no generated key.`);
}

/**
 * Joins or starts the embedded database.
 * @throws {CommandError} when there is none
 */
export async function joinEmbedded(config: Config, opened: AsyncDisposableStack): Promise<string> {
  const cluster = join(config.dataDir, "postgres");
  if (
    !(await stat(cluster).then(
      () => true,
      () => false,
    ))
  ) {
    throw new CommandError(`DATABASE_URL is not set, and ${config.dataDir} holds no database.`);
  }
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir });
  opened.defer(() => postgres.stop());
  return postgres.connectionString;
}

async function requireKnownTables(queries: Queries): Promise<void> {
  const unknown = await unknownSealedColumns(queries);
  if (unknown.length === 0) return;
  throw new CommandError(
    `The database has sealed values that this version does not know (${unknown.join(", ")}); use the newer one.`,
  );
}

/** What the database says, as a sentence where the operator can mend it. */
export function asCommandError(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE) {
    return new CommandError(
      "The database lacks tables of Driveway; start the service once, which makes them.",
    );
  }
  const refused: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = refused instanceof Error && "code" in refused ? String(refused.code) : "";
  if (!(refused instanceof Error) || !/^(E[A-Z]+|28\w{3}|3D000|57P03)$/.test(code)) return error;
  return new CommandError(`The database cannot be reached: ${refused.message}.`);
}
