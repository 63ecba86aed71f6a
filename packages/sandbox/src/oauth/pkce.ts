import { createHash } from "node:crypto";
import { OAuthError } from "./oauth-error.ts";

/** The challenge of RFC 7636 that came with an authorization request. */
export interface PkceChallenge {
  readonly value: string;
  readonly method: "S256" | "plain";
}

/**
 * Checks the verifier of a code exchange against the challenge of the authorization request (RFC 7636 §4.6).
 *
 * @throws OAuthError invalid_grant when the verifier is missing, wrong, or sent although no challenge was
 */
export function checkPkceVerifier(challenge: PkceChallenge | null, verifier: string | null): void {
  if (challenge === null) {
    if (verifier !== null) {
      throw invalidGrant("code_verifier or verifier is not needed.");
    }
    return;
  }
  if (verifier === null) {
    throw invalidGrant("Missing code verifier.");
  }
  const derived =
    challenge.method === "plain" ? verifier : createHash("sha256").update(verifier).digest("base64url");
  if (derived !== challenge.value) {
    throw invalidGrant("Invalid code verifier.");
  }
}

function invalidGrant(description: string): OAuthError {
  return new OAuthError({ status: 400, error: "invalid_grant", description });
}
