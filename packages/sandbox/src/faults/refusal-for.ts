import { type DriveError, refusalByReason } from "../drive/index.ts";
import type { HardFault } from "./read-fault.ts";

/** The reason that is usual for a status; all others above 500 come with `backendError`. */
const REASONS: Readonly<Record<number, string>> = {
  401: "authError",
  403: "insufficientFilePermissions",
  404: "notFound",
  409: "fileIdInUse",
  429: "rateLimitExceeded",
  500: "internalError",
};

/**
 * The refusal of Drive that a status fault means; of status, reason and message, what is left out follows from the
 * others. With none of them it is 503 `backendError`.
 *
 * @param circumstances what some messages name
 */
export function refusalFor(
  { status, reason, message }: Extract<HardFault, { kind: "status" }>,
  circumstances: { readonly clientId: string; readonly fileId: string },
): DriveError {
  const refusal = refusalByReason(reason ?? reasonOf(status), circumstances);
  return refusal.as({ code: status, message });
}

function reasonOf(status = 503): string {
  return REASONS[status] ?? (status < 500 ? "badRequest" : "backendError");
}
