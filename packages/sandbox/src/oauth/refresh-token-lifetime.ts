import type { SandboxSettings } from "../settings/index.ts";
import { isIdentityScope } from "./scopes.ts";

/** Seven days; the field `refresh_token_expires_in` shows one second less, as `expires_in` does. */
const TESTING_SECONDS = 7 * 24 * 60 * 60 - 1;

/**
 * How long a refresh token issued now works, in seconds: seven days while the app is in testing, unless it asks for
 * nothing but name, e-mail and profile; as long as the person granted access for; the shorter one of both.
 *
 * @returns null when it has no end of its own
 */
export function refreshTokenLifetimeSeconds(
  { publishing, timeBasedAccessSeconds }: SandboxSettings["oauth"],
  scopes: ReadonlySet<string>,
): number | null {
  const isLimited = publishing === "testing" && [...scopes].some((scope) => !isIdentityScope(scope));
  if (!isLimited) return timeBasedAccessSeconds;
  return Math.min(TESTING_SECONDS, timeBasedAccessSeconds ?? TESTING_SECONDS);
}
