import type { Grant } from "./grant.ts";
import type { IssuedTokens } from "./grants.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { scopeText } from "./scope-text.ts";
import { openidScope } from "./scopes.ts";
import { signIdToken } from "./sign-id-token.ts";

/** What the token endpoint answers, in Google's spelling. */
export interface TokenResponse {
  readonly access_token: string;
  readonly expires_in: number;
  readonly refresh_token?: string;
  /** Seconds left; there only when the refresh token has an end of its own. */
  readonly refresh_token_expires_in?: number;
  readonly scope: string;
  readonly token_type: "Bearer";
  readonly id_token?: string;
}

/** Puts issued tokens into an answer; the ID token comes only with the sign-in scopes. */
export async function tokenResponse(
  context: OAuthContext,
  { issued, grant, nonce }: { issued: IssuedTokens; grant: Grant; nonce: string | null },
): Promise<TokenResponse> {
  const { accessToken, refreshToken, scopes, expiresInSeconds, refreshTokenExpiresInSeconds } = issued;
  const idToken = scopes.has(openidScope)
    ? await signIdToken(context, { grant, scopes, accessToken, nonce })
    : null;
  return {
    access_token: accessToken,
    expires_in: expiresInSeconds,
    ...(refreshToken !== null && { refresh_token: refreshToken }),
    ...(refreshTokenExpiresInSeconds !== null && { refresh_token_expires_in: refreshTokenExpiresInSeconds }),
    scope: scopeText(scopes),
    token_type: "Bearer",
    ...(idToken !== null && { id_token: idToken }),
  };
}
