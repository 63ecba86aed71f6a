import { lt } from "drizzle-orm";
import { oauthAttempts } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError, hashSecret, newId, randomSecret } from "../platform/index.ts";
import { ATTEMPT_LIFETIME_MS, verifierPlace } from "./attempt.ts";
import { type ConnectionParts, requireProvider } from "./connection-parts.ts";
import { asDrivewayErrors } from "./to-driveway-error.ts";

/** Outcomes can be asked for this long after the attempt's end; then the row goes. */
const KEPT_MS = 24 * 60 * 60 * 1000;

export interface StartAttempt {
  readonly principal: Principal;
  readonly provider: string;
  readonly redirectUri: string | null;
  /** The request's `Origin`; null for a server, which sends none. */
  readonly origin: string | null;
  /** The random id of the browser, from its cookie; null for a server. */
  readonly browserId: string | null;
}

/**
 * Begins an OAuth attempt of ten minutes: state and PKCE verifier of 256 bits, of which the database holds a hash and
 * a sealed text (RFC 9700 sections 2.1.1 and 4.7).
 * @throws {DrivewayError} `unknown_provider`, `origin_not_allowed`, `redirect_uri_not_allowed`, and what a provider
 *   that does not answer is called
 */
export async function startAttempt(
  parts: ConnectionParts,
  wanted: StartAttempt,
): Promise<{ authorizationUrl: string; state: string }> {
  const { oauth } = requireProvider(parts, wanted.provider);
  requireAllowedOrigin(parts, wanted.origin);
  const redirectUri = chooseRedirectUri(parts, wanted.redirectUri);
  const state = randomSecret();
  const codeVerifier = randomSecret();
  const url = await asDrivewayErrors(() => oauth.authorizationUrl({ state, codeVerifier, redirectUri }));
  const { tenantId, userId } = wanted.principal;
  const id = newId("att");
  const nowMs = parts.clock.now();
  await parts.db.delete(oauthAttempts).where(lt(oauthAttempts.expiresAt, new Date(nowMs - KEPT_MS)));
  await parts.db.insert(oauthAttempts).values({
    id,
    tenantId,
    userId,
    provider: wanted.provider,
    stateSha256: hashSecret(state),
    verifierSealed: parts.keyring.seal(codeVerifier, verifierPlace({ tenantId, id })),
    browserSha256: wanted.browserId === null ? null : hashSecret(wanted.browserId),
    redirectUri,
    returnOrigin: wanted.origin,
    oauthClientId: oauth.clientId,
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + ATTEMPT_LIFETIME_MS),
  });
  return { authorizationUrl: url.href, state };
}

function requireAllowedOrigin(parts: ConnectionParts, origin: string | null): void {
  if (origin === null || parts.allowedOrigins.includes(origin)) return;
  throw new DrivewayError("origin_not_allowed", "This page's origin is not in ALLOWED_ORIGINS.");
}

/** Compared as text: no normalisation, no prefix (RFC 9700 section 2.1). */
function chooseRedirectUri(parts: ConnectionParts, wanted: string | null): string {
  if (wanted === null) return parts.oauthRedirectUris[0];
  if (parts.oauthRedirectUris.includes(wanted)) return wanted;
  throw new DrivewayError("redirect_uri_not_allowed", "The redirect URI is not in OAUTH_REDIRECT_URIS.");
}
