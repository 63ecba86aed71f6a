import { decodeProtectedHeader, jwtVerify } from "jose";
import { identityClaims } from "./identity-claims.ts";
import { type KnownCaller, noteGrant } from "./known-caller.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";
import { scopeText } from "./scope-text.ts";
import { openidScope } from "./scopes.ts";

/**
 * Answers `/tokeninfo`: what an access token or an ID token is. All values are strings, as at Google.
 *
 * @param caller is told whose access token it is
 * @throws OAuthError invalid_request when neither is named, invalid_token when it is not alive (both 400)
 */
export async function answerTokeninfo(
  context: OAuthContext,
  {
    accessToken,
    idToken,
    caller,
  }: { accessToken: string | null; idToken: string | null; caller: KnownCaller },
): Promise<Record<string, string>> {
  if (accessToken !== null) {
    return describeAccessToken(context, accessToken, caller);
  }
  if (idToken !== null) {
    return await describeIdToken(context, idToken);
  }
  const description = "either access_token, id_token, or token_handle required";
  throw new OAuthError({ status: 400, error: "invalid_request", description });
}

function describeAccessToken(
  { grants, now, origin }: OAuthContext,
  token: string,
  caller: KnownCaller,
): Record<string, string> {
  const live = grants.accessToken(token);
  if (live === null) {
    throw invalidToken();
  }
  noteGrant(caller, live.grant);
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
  const { payload, kid } = await verifyIdToken(context, token).catch((cause: unknown) => {
    throw invalidToken({ cause });
  });
  const claims = Object.entries(payload).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries([...claims, ["alg", "RS256"], ["kid", kid], ["typ", "JWT"]]);
}

async function verifyIdToken({ signingKeys, now }: OAuthContext, token: string) {
  const key = await signingKeys.find(decodeProtectedHeader(token).kid);
  if (key === null) {
    throw new Error("no such key");
  }
  const { payload } = await jwtVerify(token, key.publicKey, { currentDate: new Date(now()) });
  return { payload, kid: key.kid };
}

function invalidToken({ cause }: { cause?: unknown } = {}): OAuthError {
  const error = new OAuthError({ status: 400, error: "invalid_token", description: "Invalid Value" });
  error.cause = cause;
  return error;
}
