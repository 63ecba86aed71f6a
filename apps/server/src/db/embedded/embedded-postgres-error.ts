/**
 * What can go wrong with the embedded PostgreSQL.
 * - `unsupported_platform`: there are no server programs for this operating system and processor.
 * - `binaries_unusable`: the programs are there but do not run.
 * - `no_unprivileged_user`: PostgreSQL refuses this user, and there is no other to run it as.
 * - `data_not_ours`: the data directory belongs to somebody else, or is not a PostgreSQL cluster.
 * - `data_incompatible`: the cluster was made by another major version.
 * - `initialise_failed`, `start_failed`, `stop_failed`: PostgreSQL said no; the message ends with what it said.
 * - `password_refused`: a server answers, but not to the password that lies beside its data.
 */
export type EmbeddedPostgresErrorCode =
  | "unsupported_platform"
  | "binaries_unusable"
  | "no_unprivileged_user"
  | "data_not_ours"
  | "data_incompatible"
  | "initialise_failed"
  | "start_failed"
  | "stop_failed"
  | "password_refused";

/** A fault of the embedded PostgreSQL: a stable code and one sentence for the operator, with PostgreSQL's own last words. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
  readonly code: EmbeddedPostgresErrorCode;

  constructor(
    code: EmbeddedPostgresErrorCode,
    message: string,
    options: { cause?: unknown; serverSaid?: string } = {},
  ) {
    const words = options.serverSaid?.trim() ?? "";
    super(
      words === "" ? message : `${message} PostgreSQL said:\n${words}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
  }
}
