import { jwtVerify } from "jose";
import { identityClaims } from "./identity-claims.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { scopeText } from "./scope-text.ts";
import { openidScope } from "./scopes.ts";

/**
 * Answers `/tokeninfo`: what an access token or an ID token is. All values are strings, as at Google.
 *
 * @throws OAuthError invalid_request when neither is named, invalid_token when it is not alive (both 400)
 */
export async function answerTokeninfo(
  context: OAuthContext,
  { accessToken, idToken }: { accessToken: string | null; idToken: string | null },
): Promise<Record<string, string>> {
  if (accessToken !== null) {
    return describeAccessToken(context, accessToken);
  }
  if (idToken !== null) {
    return await describeIdToken(context, idToken);
  }
  const description = "either access_token, id_token, or token_handle required";
  throw new OAuthError({ status: 400, error: "invalid_request", description });
}

function describeAccessToken({ grants, now, origin }: OAuthContext, token: string): Record<string, string> {
  const live = grants.accessToken(token);
  if (live === null || live.expiresAtMs === null) {
    throw invalidToken();
  }
  const { account, clientId } = live.grant;
  const { email, email_verified: emailVerified } = identityClaims({
    account,
    scopes: live.scopes,
    origin: origin(),
  });
  return {
    azp: clientId,
    aud: clientId,
    ...(live.scopes.has(openidScope) ? { sub: account.sub } : {}),
    scope: scopeText(live.scopes),
    exp: String(Math.floor(live.expiresAtMs / 1000)),
    expires_in: String(Math.floor((live.expiresAtMs - now()) / 1000)),
    ...(email === undefined ? {} : { email: String(email), email_verified: String(emailVerified) }),
    access_type: live.offline ? "offline" : "online",
  };
}

async function describeIdToken(context: OAuthContext, token: string): Promise<Record<string, string>> {
  const { origin, signingKey, now } = context;
  const verified = await jwtVerify(token, signingKey.publicKey, {
    issuer: origin(),
    currentDate: new Date(now()),
  }).catch((cause: unknown) => {
    throw invalidToken({ cause });
  });
  const claims = Object.entries(verified.payload).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries([...claims, ["alg", "RS256"], ["kid", signingKey.kid], ["typ", "JWT"]]);
}

function invalidToken({ cause }: { cause?: unknown } = {}): OAuthError {
  const error = new OAuthError({ status: 400, error: "invalid_token", description: "Invalid Value" });
  error.cause = cause;
  return error;
}
