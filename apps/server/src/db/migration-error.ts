/**
 * Why the schema was not brought up to date.
 * - `migration_files_invalid`: the files themselves are not a proper sequence.
 * - `migration_changed`: a file differs from the one that was applied.
 * - `database_newer`: the database has steps that this version of Driveway does not know.
 * - `database_unreachable`: nobody answers at the address, or not to this user and password.
 * - `migration_failed`: PostgreSQL refused a step; it left nothing behind, and the steps before it stay.
 */
export type MigrationErrorCode =
  | "migration_files_invalid"
  | "migration_changed"
  | "database_newer"
  | "database_unreachable"
  | "migration_failed";

/** A fault of bringing the schema up to date: a stable code and one sentence for the operator. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
  readonly code: MigrationErrorCode;

  constructor(code: MigrationErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
