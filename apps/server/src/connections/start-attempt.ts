import { oauthAttempts, type Transaction } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError, hashSecret, newId, randomSecret } from "../platform/index.ts";
import { ATTEMPT_LIFETIME_MS, verifierPlace } from "./attempt.ts";
import { type ConnectionParts, requireProvider } from "./connection-parts.ts";
import { dropOldAttempts } from "./drop-old-attempts.ts";
import { expireAttemptLater } from "./expire-attempts.ts";
import { requireReturnUrl } from "./return-url.ts";
import { asDrivewayErrors } from "./to-driveway-error.ts";

export interface StartAttempt {
  readonly principal: Principal;
  readonly provider: string;
  readonly redirectUri: string | null;
  /** The request's `Origin`; null for a server, which sends none. */
  readonly origin: string | null;
  /** The random id of the browser, from its cookie; null for a server. */
  readonly browserId: string | null;
  /** Where the callback page sends the browser, instead of telling an opener; null for a popup or a server. */
  readonly returnUrl: string | null;
}

/**
 * Begins an OAuth attempt of ten minutes: state and PKCE verifier of 256 bits, of which the database holds a hash and
 * a sealed text (RFC 9700 sections 2.1.1 and 4.7). A principal's oldest open attempts give way to new ones.
 * @returns with the secret by which the page that asks can end it; null when no popup has to ask for one
 * @throws {DrivewayError} `unknown_provider`, `origin_not_allowed`, `redirect_uri_not_allowed`,
 *   `return_url_not_allowed`, and what a provider that does not answer is called
 */
export async function startAttempt(
  parts: ConnectionParts,
  wanted: StartAttempt,
): Promise<{ authorizationUrl: string; state: string; attemptSecret: string | null }> {
  const { oauth } = requireProvider(parts, wanted.provider);
  requireAllowedOrigin(parts, wanted.origin);
  const redirectUri = chooseRedirectUri(parts, wanted.redirectUri);
  const returnUrl = requireReturnUrl(parts.allowedOrigins, wanted);
  const state = randomSecret();
  const codeVerifier = randomSecret();
  const attemptSecret = wanted.origin === null || returnUrl !== null ? null : randomSecret();
  const url = await asDrivewayErrors(() => oauth.authorizationUrl({ state, codeVerifier, redirectUri }));
  const { tenantId, userId } = wanted.principal;
  const id = newId("att");
  const nowMs = parts.clock.now();
  await parts.db.transaction((tx) =>
    insertAttempt(tx, parts, {
      id,
      tenantId,
      userId,
      provider: wanted.provider,
      stateSha256: hashSecret(state),
      verifierSealed: parts.keyring.seal(codeVerifier, verifierPlace({ tenantId, id })),
      browserSha256: wanted.browserId === null ? null : hashSecret(wanted.browserId),
      secretSha256: attemptSecret === null ? null : hashSecret(attemptSecret),
      redirectUri,
      returnOrigin: wanted.origin,
      returnUrl,
      principalKind: wanted.principal.kind,
      oauthClientId: oauth.clientId,
      createdAt: new Date(nowMs),
      expiresAt: new Date(nowMs + ATTEMPT_LIFETIME_MS),
    }),
  );
  return { authorizationUrl: url.href, state, attemptSecret };
}

async function insertAttempt(
  tx: Transaction,
  parts: ConnectionParts,
  attempt: typeof oauthAttempts.$inferInsert,
): Promise<void> {
  await dropOldAttempts(tx, parts, attempt);
  await tx.insert(oauthAttempts).values(attempt);
  await expireAttemptLater(tx, parts, { tenantId: attempt.tenantId, attemptId: attempt.id });
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
