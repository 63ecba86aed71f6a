import type { ErrorCode } from "@driveway/contract";

export type { ErrorCode };

/**
 * A fault with a stable code and a sentence that may be shown to the caller. What only the log may see goes into
 * `cause`. HTTP statuses are not known here: the API's edge maps codes to them.
 */
export class DrivewayError extends Error {
  override readonly name = "DrivewayError";
  readonly code: ErrorCode;
  /** Facts for the caller: field names, ids they sent, limits. Never a secret. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}
