import { OAuthError } from "./oauth-error.ts";

/**
 * Refuses a parameter that is there more than once, which OAuth forbids (RFC 6749 §3.1).
 *
 * @throws OAuthError invalid_request (400)
 */
export function refuseRepeated(params: URLSearchParams): void {
  const seen = new Set<string>();
  for (const name of params.keys()) {
    if (seen.has(name)) {
      const description = `OAuth 2 parameters can only have a single value: ${name}`;
      throw new OAuthError({ status: 400, error: "invalid_request", description });
    }
    seen.add(name);
  }
}
