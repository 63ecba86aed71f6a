import * as oidc from "openid-client";
import { type Clock, isLoopback } from "../../platform/index.ts";
import { DriveError } from "../drive.ts";
import type { OauthClient, ProviderIdentity, ProviderTokens } from "../provider.ts";
import { oauthError } from "./oauth-error.ts";
import { createOauthFetch } from "./oauth-fetch.ts";
import { canonicalScope, coversDriveScopes, requestedScopes, seesAllFiles } from "./scopes.ts";

const TIMEOUT_SECONDS = 10;
/** How far Google's clock and ours may be apart, either way. */
const CLOCK_TOLERANCE_SECONDS = 300;
/** A hundred years. Whatever is said to live longer gets a date that JavaScript and PostgreSQL can hold. */
const LONGEST_LIFE_SECONDS = 100 * 365 * 86_400;

export interface GoogleOauthSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly issuer: string;
  readonly clock: Clock;
}

/**
 * Google's OAuth 2.0 and OpenID Connect, from its discovery document, with PKCE (RFC 7636), signed ID tokens checked
 * and revocation (RFC 7009). Nothing is asked before the first call; a discovery that failed is tried again.
 */
export function createGoogleOauth(settings: GoogleOauthSettings): OauthClient {
  const discover = createDiscovery(settings);
  const scopes = requestedScopes(settings.scopes);

  async function attempt<T>(
    call: (config: oidc.Configuration) => Promise<T> | T,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      const config = await discover();
      return await call(signal === undefined ? config : withSignal(settings, config, signal));
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw oauthError(error);
    }
  }

  return {
    clientId: settings.clientId,
    issuer: () => attempt((config) => config.serverMetadata().issuer),
    coversDriveScopes: (granted) => coversDriveScopes(settings.scopes, granted),
    seesAllFiles,
    authorizationUrl: (params) =>
      attempt(async (config) =>
        oidc.buildAuthorizationUrl(config, {
          redirect_uri: params.redirectUri,
          scope: scopes.join(" "),
          state: params.state,
          code_challenge: await oidc.calculatePKCECodeChallenge(params.codeVerifier),
          code_challenge_method: "S256",
          access_type: "offline",
          prompt: "consent",
          include_granted_scopes: "true",
        }),
      ),
    exchangeCode: (params) =>
      attempt(async (config) => {
        const askedAtMs = settings.clock.now();
        const reply = await oidc.genericGrantRequest(config, "authorization_code", {
          code: params.code,
          redirect_uri: params.redirectUri,
          code_verifier: params.codeVerifier,
        });
        requireIssuedNow(reply, { askedAtMs, answeredAtMs: settings.clock.now() });
        return { identity: identityOf(reply), tokens: tokensOf(reply, scopes, settings.clock) };
      }),
    refresh: (refreshToken) =>
      attempt(async (config) => {
        const reply = await oidc.refreshTokenGrant(config, refreshToken);
        return tokensOf(reply, scopes, settings.clock);
      }),
    revoke: (token, signal) =>
      attempt(async (config) => {
        await oidc.tokenRevocation(config, token).catch((error: unknown) => {
          // Google answers so for what is revoked already.
          if (!(error instanceof oidc.ResponseBodyError && error.error === "invalid_token")) throw error;
        });
      }, signal),
  };
}

function createDiscovery(settings: GoogleOauthSettings): () => Promise<oidc.Configuration> {
  let found: Promise<oidc.Configuration> | null = null;
  return () => {
    found ??= discover(settings).catch((error: unknown) => {
      found = null;
      throw error;
    });
    return found;
  };
}

async function discover(settings: GoogleOauthSettings): Promise<oidc.Configuration> {
  const issuer = new URL(settings.issuer);
  const insecure = isLoopback(issuer) ? [oidc.allowInsecureRequests] : [];
  const secret = settings.clientSecret;
  const metadata = { client_secret: secret, [oidc.clockTolerance]: CLOCK_TOLERANCE_SECONDS };
  return await oidc.discovery(issuer, settings.clientId, metadata, oidc.ClientSecretPost(secret), {
    [oidc.customFetch]: createOauthFetch({ clock: settings.clock }),
    execute: [...insecure, oidc.enableNonRepudiationChecks],
    timeout: TIMEOUT_SECONDS,
  });
}

/** The same configuration, whose calls also end when the signal aborts. */
function withSignal(settings: GoogleOauthSettings, config: oidc.Configuration, signal: AbortSignal) {
  const secret = settings.clientSecret;
  const auth = oidc.ClientSecretPost(secret);
  const bound = new oidc.Configuration(config.serverMetadata(), settings.clientId, secret, auth);
  bound[oidc.customFetch] = createOauthFetch({ clock: settings.clock, signal });
  bound.timeout = TIMEOUT_SECONDS;
  if (isLoopback(new URL(settings.issuer))) oidc.allowInsecureRequests(bound);
  return bound;
}

type TokenReply = Awaited<ReturnType<typeof oidc.refreshTokenGrant>>;

/**
 * An ID token that comes with the exchange was issued between question and answer, by a clock that may differ from ours
 * (OpenID Connect Core section 3.1.3.7, 10). The library sees to the token's end; it does not mind one of the far past or future.
 */
function requireIssuedNow(reply: TokenReply, asked: { askedAtMs: number; answeredAtMs: number }): void {
  const issuedAt = reply.claims()?.iat;
  if (issuedAt === undefined) return;
  const earliest = Math.floor(asked.askedAtMs / 1000) - CLOCK_TOLERANCE_SECONDS;
  const latest = Math.floor(asked.answeredAtMs / 1000) + CLOCK_TOLERANCE_SECONDS;
  if (issuedAt >= earliest && issuedAt <= latest) return;
  throw new DriveError(
    "refused",
    "The clocks of Google and of this server differ by more than five minutes.",
    {
      reason: "id_token_clock_skew",
    },
  );
}

function identityOf(reply: TokenReply): ProviderIdentity {
  const claims = reply.claims();
  if (claims === undefined) {
    throw new DriveError("refused", "Google did not say whose account it is.", { reason: "no_id_token" });
  }
  const email = typeof claims.email === "string" ? claims.email : "";
  const displayName = typeof claims.name === "string" && claims.name !== "" ? claims.name : email;
  return { userId: claims.sub, email, displayName };
}

function tokensOf(reply: TokenReply, requested: readonly string[], clock: Clock): ProviderTokens {
  const nowMs = clock.now();
  const refreshLifetime = reply.refresh_token_expires_in;
  return {
    accessToken: reply.access_token,
    accessTokenExpiresAt: momentIn(nowMs, reply.expires_in ?? 0),
    refreshToken: reply.refresh_token ?? null,
    refreshTokenExpiresAt: typeof refreshLifetime === "number" ? momentIn(nowMs, refreshLifetime) : null,
    // An answer without a scope means: as asked (RFC 6749 section 5.1).
    grantedScopes: (reply.scope?.split(" ") ?? requested).filter((scope) => scope !== "").map(canonicalScope),
  };
}

function momentIn(nowMs: number, seconds: number): Date {
  return new Date(nowMs + Math.min(Math.max(seconds, 0), LONGEST_LIFE_SECONDS) * 1000);
}
