import { createHash } from "node:crypto";
import { SignJWT } from "jose";
import type { Account } from "../account.ts";
import { identityClaims } from "./identity-claims.ts";
import type { OAuthContext } from "./oauth-context.ts";

const ID_TOKEN_LIFETIME_SECONDS = 3600;

/**
 * Signs an ID token with RS256, in the claims that Google sends (OpenID Connect Core §2).
 *
 * @param nonce the nonce of the authorization request; null on refresh
 */
export async function signIdToken(
  { origin, client, signingKey, now }: OAuthContext,
  {
    account,
    scopes,
    accessToken,
    nonce,
  }: { account: Account; scopes: ReadonlySet<string>; accessToken: string; nonce: string | null },
): Promise<string> {
  const issuedAtSeconds = Math.floor(now() / 1000);
  const { sub, ...claims } = identityClaims({ account, scopes, origin: origin() });
  return await new SignJWT({
    iss: origin(),
    azp: client.clientId,
    aud: client.clientId,
    sub: String(sub),
    ...claims,
    at_hash: accessTokenHash(accessToken),
    ...(nonce === null ? {} : { nonce }),
    iat: issuedAtSeconds,
    exp: issuedAtSeconds + ID_TOKEN_LIFETIME_SECONDS,
  })
    .setProtectedHeader({ alg: "RS256", kid: signingKey.kid, typ: "JWT" })
    .sign(signingKey.privateKey);
}

/** The left half of the SHA-256 of the access token (OpenID Connect Core §3.1.3.6). */
function accessTokenHash(accessToken: string): string {
  return createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url");
}
