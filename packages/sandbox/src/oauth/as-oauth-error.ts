import { OAuthError } from "./oauth-error.ts";

const DESCRIPTIONS: ReadonlyMap<number, string> = new Map([
  [413, "The request body is too large."],
  [415, "The request body must be application/x-www-form-urlencoded."],
]);

/**
 * What the OAuth endpoints say to a failure: their own refusals as they are, and what the framework refuses before it
 * comes to them as invalid_request, 413 for a body that is too large and 400 for all else. Null for anything that is no
 * fault of the request.
 */
export function asOAuthError(error: unknown): OAuthError | null {
  if (error instanceof OAuthError) return error;
  const statusCode = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode >= 500) return null;
  const status = statusCode === 413 ? 413 : 400;
  const description = DESCRIPTIONS.get(statusCode) ?? "Bad Request";
  return new OAuthError({ status, error: "invalid_request", description });
}
