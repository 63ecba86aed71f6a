import { DrivewayError } from "../../platform/index.ts";
import { DriveError } from "../drive.ts";

const TIMEOUTS = new Set([
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "ETIMEDOUT",
  "TimeoutError",
]);

/**
 * Turns a fault of the connection into `try_later`. An abort by the caller stays the signal's reason, and faults that
 * have a code of ours (a blob that cannot be read while it is uploaded) stay as they are.
 */
export function networkError(cause: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (cause instanceof DriveError || cause instanceof DrivewayError) return cause;
  const timedOut = namesOf(cause).some((name) => TIMEOUTS.has(name));
  const message = timedOut ? "Google did not answer in time." : "The connection to Google broke.";
  return new DriveError("try_later", message, { reason: timedOut ? "timeout" : "network", timedOut, cause });
}

function namesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const code = "code" in error && typeof error.code === "string" ? [error.code] : [];
  return [error.name, ...code, ...namesOf(error.cause)];
}
