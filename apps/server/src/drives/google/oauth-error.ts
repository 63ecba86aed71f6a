import { ResponseBodyError, WWWAuthenticateChallengeError } from "openid-client";
import { DriveError } from "../drive.ts";
import { networkError } from "./network-error.ts";
import { reauthReasonOf } from "./reauth-reason-of.ts";

/** Errors of the token endpoint that only the user can mend, by signing in again. */
const DEAD_GRANT = new Set(["invalid_grant", "admin_policy_enforced", "access_denied"]);
/** Errors that only the operator can mend: it is our client that is not accepted. */
const BAD_CLIENT = new Set(["invalid_client", "unauthorized_client", "deleted_client", "disabled_client"]);

/**
 * Says what went wrong at an OAuth endpoint (RFC 6749 section 5.2). Only Google's own word makes a grant dead; what is
 * not understood passes.
 */
export function oauthError(error: unknown): DriveError {
  const known = findDriveError(error);
  if (known !== null) return known;
  if (error instanceof ResponseBodyError) return fromBody(error);
  if (error instanceof WWWAuthenticateChallengeError) return badClient("invalid_client", error);
  const network = networkError(causeOf(error));
  if (network instanceof DriveError && network.timedOut) return network;
  return new DriveError("try_later", "Google's sign-in service did not answer intelligibly.", {
    reason: codeOf(error) ?? "oauth",
    cause: error,
  });
}

function fromBody(error: ResponseBodyError): DriveError {
  if (BAD_CLIENT.has(error.error)) return badClient(error.error, error);
  const facts = { status: error.status, cause: error };
  if (!DEAD_GRANT.has(error.error)) {
    const message = `Google refused the sign-in request (${error.error}).`;
    return new DriveError("try_later", message, { ...facts, reason: error.error });
  }
  const reason = reauthReasonOf({
    error: error.error,
    description: error.error_description ?? "",
    subtype: subtypeOf(error),
  });
  return new DriveError("sign_in_again", "Google no longer accepts this sign-in.", { ...facts, reason });
}

function badClient(reason: string, cause: ResponseBodyError | WWWAuthenticateChallengeError): DriveError {
  const message = "Google refuses this Driveway's OAuth client; its operator has to mend that.";
  return new DriveError("app_refused", message, { reason, status: cause.status, cause });
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
