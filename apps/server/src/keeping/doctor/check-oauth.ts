import { type Finding, finding } from "../check/finding.ts";
import { clockFinding } from "./quick-checks.ts";

const TIMEOUT_MS = 10_000;

/**
 * Whether the provider's discovery document can be had (OpenID Connect Discovery 1.0, section 4) and names the issuer, and
 * whether its clock is ours.
 */
export async function checkOauth(issuer: string): Promise<readonly Finding[]> {
  try {
    const response = await fetch(`${issuer}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const document: unknown = await response.json();
    const named = typeof document === "object" && document !== null && "issuer" in document;
    if (!response.ok || !named || document.issuer !== issuer) {
      return [finding("oauth_unreachable", issuer, `It does not answer as ${issuer} (${response.status}).`)];
    }
    const theirs = Date.parse(response.headers.get("date") ?? "");
    return Number.isNaN(theirs) ? [] : clockFinding("the provider", theirs - Date.now());
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "no answer";
    return [finding("oauth_unreachable", issuer, `Its discovery document cannot be had (${reason}).`)];
  }
}
