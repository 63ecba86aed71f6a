import { DriveError } from "../../drives/index.ts";
import { DrivewayError, type ErrorCode } from "../../platform/index.ts";

/** An error as plain data, which can go from thread to thread. */
export interface PlainError {
  readonly type: "drive" | "driveway" | "other";
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** The fields of errors that have a meaning to the caller. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause: PlainError | null;
}

/** Causes of causes; deeper ones tell nobody anything. */
const DEEPEST_CAUSE = 4;

/** Takes an error apart. Of errors that are not ours only name, code, message and stack go along, for the log. */
export function toPlainError(error: unknown, depth = 0): PlainError {
  if (!(error instanceof Error)) {
    return {
      type: "other",
      name: "Error",
      message: String(error),
      stack: undefined,
      fields: {},
      cause: null,
    };
  }
  const { name, message, stack } = error;
  const cause =
    error.cause === undefined || depth === DEEPEST_CAUSE ? null : toPlainError(error.cause, depth + 1);
  return { ...described(error), name, message, stack, cause };
}

function described(error: Error): Pick<PlainError, "type" | "fields"> {
  if (error instanceof DriveError)
    return { type: "drive", fields: Object.fromEntries(Object.entries(error)) };
  if (error instanceof DrivewayError) {
    return { type: "driveway", fields: { code: error.code, details: error.details } };
  }
  return { type: "other", fields: "code" in error ? { code: String(error.code) } : {} };
}

/** Puts an error together again: a DriveError or DrivewayError is one again, with all its fields. */
export function fromPlainError(plain: PlainError): Error {
  const error = rebuilt(plain);
  if (plain.stack !== undefined) error.stack = plain.stack;
  return error;
}

function rebuilt(plain: PlainError): Error {
  const { message, fields } = plain;
  const cause = plain.cause === null ? undefined : fromPlainError(plain.cause);
  switch (plain.type) {
    case "drive": {
      // The fields have the names of the constructor's facts, those that are added one day too.
      const facts = fields as unknown as ConstructorParameters<typeof DriveError>[2];
      return new DriveError(fields.kind as DriveError["kind"], message, { ...facts, cause });
    }
    case "driveway": {
      const details = fields.details as Readonly<Record<string, unknown>>;
      return new DrivewayError(fields.code as ErrorCode, message, { details, cause });
    }
    case "other": {
      const error = new Error(message, cause === undefined ? undefined : { cause });
      return Object.assign(error, { name: plain.name, ...fields });
    }
  }
}
