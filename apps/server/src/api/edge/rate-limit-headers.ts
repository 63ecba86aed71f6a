import type { Admission } from "../../identity/index.ts";

/** Quota and window of a limit, what is left of it, and for how long. */
export type LimitFacts = Pick<
  Admission,
  "policy" | "allowed" | "quota" | "windowSeconds" | "remaining" | "resetSeconds"
>;

/**
 * What a reply tells of a limit: the structured fields of draft-ietf-httpapi-ratelimit-headers, and for a refused request when
 * to come back (RFC 9110, 10.2.3).
 */
export function rateLimitHeaders(limit: LimitFacts): Record<string, string> {
  const { policy, quota, windowSeconds, remaining, resetSeconds } = limit;
  return {
    "ratelimit-policy": `"${policy}";q=${quota};w=${windowSeconds}`,
    ratelimit: `"${policy}";r=${remaining};t=${resetSeconds}`,
    ...(limit.allowed ? {} : { "retry-after": String(resetSeconds) }),
  };
}

/** The same from the details of a refusal that a lower room made. */
export function refusedLimitHeaders(details: Readonly<Record<string, unknown>>): Record<string, string> {
  const { policy, limit: quota, window: windowSeconds, retry_after: resetSeconds } = details;
  if (policy !== "requests" && policy !== "sign-ins") return {};
  if (typeof quota !== "number" || typeof windowSeconds !== "number" || typeof resetSeconds !== "number")
    return {};
  return rateLimitHeaders({ policy, allowed: false, quota, windowSeconds, remaining: 0, resetSeconds });
}
