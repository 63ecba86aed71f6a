import { createHash } from "node:crypto";
import { SignJWT } from "jose";
import type { Grant } from "./grant.ts";
import { identityClaims } from "./identity-claims.ts";
import type { OAuthContext } from "./oauth-context.ts";

const ID_TOKEN_LIFETIME_SECONDS = 3600;

/**
 * Signs an ID token with RS256, in the claims that Google sends (OpenID Connect Core §2).
 *
 * @param nonce the nonce of the authorization request; null on refresh
 */
export async function signIdToken(
  { origin, signingKeys, settings, now }: OAuthContext,
  {
    grant,
    scopes,
    accessToken,
    nonce,
  }: { grant: Grant; scopes: ReadonlySet<string>; accessToken: string; nonce: string | null },
): Promise<string> {
  const { account, clientId } = grant;
  const issuedAtSeconds = Math.floor(now() / 1000) + settings.current.oauth.idTokenClockSkewSeconds;
  const { sub, ...claims } = identityClaims({ account, scopes, origin: origin() });
  const signingKey = await signingKeys.current();
  return await new SignJWT({
    iss: origin(),
    azp: clientId,
    aud: clientId,
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
