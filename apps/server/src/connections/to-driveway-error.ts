import { isReauthReason } from "@driveway/contract";
import { DriveError } from "../drives/index.ts";
import { DrivewayError, type ErrorCode } from "../platform/index.ts";

/** What a provider's refusal is called towards our own callers. */
export function toDrivewayError(error: DriveError): DrivewayError {
  const code = codeOf(error);
  if (code === "REAUTH_REQUIRED") {
    const details = { reason: isReauthReason(error.reason) ? error.reason : "unknown" };
    return new DrivewayError(code, "The account must be connected again.", { details, cause: error });
  }
  const waitMs = error.retryAfterMs ?? error.pauseMs;
  const retryAfter = waitMs === null ? {} : { retry_after: Math.ceil(waitMs / 1000) };
  return new DrivewayError(code, error.message, {
    details: { provider_reason: error.reason, ...retryAfter },
    cause: error,
  });
}

function codeOf(error: DriveError): ErrorCode {
  switch (error.kind) {
    case "sign_in_again":
      return "REAUTH_REQUIRED";
    case "app_refused":
      return "oauth_client_refused";
    case "gone":
      return "provider_not_found";
    case "not_allowed":
      return "provider_forbidden";
    case "try_later":
      if (error.rateLimited) return "provider_rate_limited";
      return error.timedOut ? "provider_timeout" : "provider_failed";
    case "quota_full":
      return "provider_quota_full";
    case "refused":
      return "provider_bad_request";
    case "exists":
    case "stale_token":
      return "provider_failed";
  }
}

/** Runs a call to a provider; its refusals come out as errors of ours. */
export async function asDrivewayErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof DriveError ? toDrivewayError(error) : error;
  }
}
