/** What was named by an id or an address is not in the sandbox. Over HTTP it is a 404. */
export class NotThereError extends RangeError {
  /** Stable: "unknown_account", "unknown_client", "unknown_file", "unknown_fault", "unknown_permission". */
  readonly code: string;
  readonly field: string;

  constructor(what: "account" | "client" | "file" | "fault" | "permission", id: string, field: string) {
    super(`${field}: the sandbox has no ${what} ${id}`);
    this.name = "NotThereError";
    this.code = `unknown_${what}`;
    this.field = field;
  }
}
