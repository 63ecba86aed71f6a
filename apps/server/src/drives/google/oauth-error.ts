import { ResponseBodyError } from "openid-client";
import { DriveError } from "../drive.ts";
import { networkError } from "./network-error.ts";

/** Errors of the token endpoint that only the user can mend, by signing in again. */
const DEAD_GRANT = new Set(["invalid_grant", "admin_policy_enforced", "access_denied"]);

/** Says what went wrong at an OAuth endpoint (RFC 6749 section 5.2). Only Google's own word makes a grant dead. */
export function oauthError(error: unknown): DriveError {
  const known = findDriveError(error);
  if (known !== null) return known;
  if (error instanceof ResponseBodyError) return fromBody(error);
  const network = networkError(causeOf(error));
  if (network instanceof DriveError && network.timedOut) return network;
  return new DriveError("try_later", "Google's sign-in service did not answer intelligibly.", {
    reason: codeOf(error) ?? "oauth",
    cause: error,
  });
}

function fromBody(error: ResponseBodyError): DriveError {
  const facts = { reason: subtypeOf(error) ?? error.error, status: error.status, cause: error };
  if (DEAD_GRANT.has(error.error)) {
    return new DriveError("sign_in_again", "Google no longer accepts this sign-in.", facts);
  }
  return new DriveError("refused", `Google refused the sign-in request (${error.error}).`, facts);
}

function subtypeOf(error: ResponseBodyError): string | null {
  const subtype: unknown = error.cause.error_subtype;
  return typeof subtype === "string" ? subtype : null;
}

function findDriveError(error: unknown): DriveError | null {
  if (error instanceof DriveError) return error;
  return error instanceof Error && error.cause !== undefined ? findDriveError(error.cause) : null;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
