import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { MigrationError } from "./migration-error.ts";

/** One step of the schema's history, as a file `NNNN_name.sql`. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text in hex. Line ends count as `\n`, so a checkout on Windows is the same file. */
  readonly sha256: string;
}

/**
 * Reads the migrations of a folder in order. They count from 1 without gaps.
 * @throws {MigrationError} `migration_files_invalid` for a strange name, a gap, or a number used twice
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  const migrations = await Promise.all(names.map((name) => readMigration(directory, name)));
  for (const [index, migration] of migrations.entries()) {
    if (migration.version !== index + 1) {
      throw new MigrationError(
        "migration_files_invalid",
        `The migrations must count from 1 without gaps, and "${migration.name}" has the number ${migration.version} in place ${index + 1}.`,
      );
    }
  }
  return migrations;
}

async function readMigration(directory: string, fileName: string): Promise<Migration> {
  const [, digits, name] = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(fileName) ?? [];
  if (digits === undefined || name === undefined) {
    throw new MigrationError("migration_files_invalid", `"${fileName}" is not named NNNN_name.sql.`);
  }
  const sql = (await readFile(join(directory, fileName), "utf8")).replaceAll("\r\n", "\n");
  return { version: Number(digits), name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
}
