import type { IncomingHttpHeaders } from "node:http";
import type { Database } from "../db/index.ts";
import { type Clock, DrivewayError, type Log } from "../platform/index.ts";
import type { ApiKey } from "./api-keys/api-key.ts";
import { createApiKey, type CreateApiKeyParams } from "./api-keys/create-api-key.ts";
import { type ApiKeyPage, listApiKeys, type ListApiKeysParams } from "./api-keys/list-api-keys.ts";
import { revokeApiKey } from "./api-keys/revoke-api-key.ts";
import { type EventQuery, listEvents, type LoggedEvent, type EventPlace } from "./audit/list-events.ts";
import { authenticate } from "./authenticate.ts";
import { type BootstrapParams, type BootstrapResult, bootstrap } from "./bootstrap/bootstrap.ts";
import { describePrincipal, type PrincipalDescription } from "./describe-principal.ts";
import { createHostTokens } from "./jwt/create-host-tokens.ts";
import type { JwtSettings } from "./jwt/jwt-settings.ts";
import { createMembers, type Members } from "./members/create-members.ts";
import { prepareFindKey } from "./principal-of-key.ts";
import type { Principal } from "./principal.ts";
import { type ForeignPageFacts, comesFromForeignPage } from "./foreign-page.ts";
import { createAttemptGuard } from "./rate-limits/guard-attempts.ts";
import { createKnownCredentials, type KnownCredentials } from "./rate-limits/known-credentials.ts";
import {
  createRateLimits,
  DEFAULT_QUOTAS,
  type RateLimits,
  type RateQuotas,
} from "./rate-limits/rate-limits.ts";
import { createAuth, sessionCookieName } from "./sign-in/create-auth.ts";
import { startSweeping } from "./start-sweeping.ts";
import { guardedSignIn } from "./sign-in/guarded-sign-in.ts";
import { readSession } from "./sign-in/read-session.ts";
import { readSessionCookie, type SessionSecrets, sessionCookieHeader } from "./sign-in/session-cookie.ts";
import { createSignInEvents } from "./sign-in/sign-in-events.ts";
import type { Session, SessionAnswer, SignInParams } from "./sign-in/sign-in.ts";
import { signOut } from "./sign-in/sign-out.ts";

/** What of a browser's request matters to its session. */
interface BrowserRequest {
  readonly cookieHeader: string | undefined;
  /** The Origin header; undefined when none came, which means that no page of a browser sent it. */
  readonly origin: string | undefined;
  /** The Sec-Fetch-Site header, which browsers send and pages cannot change. */
  readonly fetchSite?: string | undefined;
  /** For the audit log. */
  readonly client?: Principal["client"];
}

export interface IdentityParts {
  readonly db: Database;
  readonly clock: Clock;
  /** Sign session cookies: new ones with the first, and all are believed. 32 characters or more each. */
  readonly sessionSecrets: SessionSecrets;
  /** Which tokens of a host application are taken; none when it is null or left out. */
  readonly jwt?: JwtSettings | null;
  readonly publicUrl: string;
  readonly allowedOrigins: readonly string[];
  readonly log: Log;
  /** {@link DEFAULT_QUOTAS} when left out. */
  readonly rateQuotas?: RateQuotas;
}

/** Knows who is asking. */
export interface Identity {
  /**
   * The principal behind a request's API key, JWT or session cookie, or null. A wrong key is null, whatever cookie came along.
   * Throws `service_unavailable` when the keys that JWTs are checked with cannot be had.
   */
  authenticate(headers: IncomingHttpHeaders): Promise<Principal | null>;
  /** Counts who asks how often, over all processes. */
  readonly rateLimits: RateLimits;
  /** The credentials that were valid a moment ago. */
  readonly known: KnownCredentials;
  /** Throws `invalid_credentials`, `rate_limited` after too many failures, or `origin_not_allowed` for a foreign page. */
  signIn(params: SignInParams & { readonly origin: string | undefined }): Promise<SessionAnswer>;
  /** Ends the session and returns Set-Cookie headers. Throws `origin_not_allowed` for a foreign page. */
  signOut(request: BrowserRequest): Promise<readonly string[]>;
  /** The session of a cookie, prolonged when it is a day old; with the Set-Cookie headers that say so. */
  readSession(request: Pick<BrowserRequest, "cookieHeader">): Promise<{
    readonly session: Session | null;
    readonly setCookies: readonly string[];
  }>;
  /** Makes the first user, workspace and key if absent. Throws {@link BootstrapError}. */
  bootstrap(params: BootstrapParams): Promise<BootstrapResult>;
  describePrincipal(principal: Principal): Promise<PrincipalDescription>;
  /** Throws `insufficient_scope`, `expiry_not_in_future`. */
  createApiKey(params: CreateApiKeyParams): Promise<{ readonly apiKey: ApiKey; readonly secret: string }>;
  listApiKeys(params: ListApiKeysParams): Promise<ApiKeyPage>;
  /** Throws `api_key_not_found`. */
  revokeApiKey(wanted: { readonly principal: Principal; readonly id: string }): Promise<ApiKey>;
  /** Who is in a workspace, and who is asked to come. */
  readonly members: Members;
  /** A page of a tenant's audit log, newest first. */
  listEvents(query: EventQuery): Promise<{
    readonly events: readonly LoggedEvent[];
    readonly next: EventPlace | null;
  }>;
  /** Begins to remove what has run out, now and daily, and events that are older than so many days; 0 keeps those. */
  startWorker(params: { readonly auditLogDays: number }): void;
  /** Ends what goes on in the background. */
  stop(): Promise<void>;
}

/** Puts identity together over its tables. */
export function createIdentity(parts: IdentityParts): Identity {
  const { db, clock, sessionSecrets: secrets } = parts;
  const auth = createAuth(parts);
  const cookieName = sessionCookieName(parts.publicUrl);
  const settings = parts.jwt ?? null;
  const principalOfJwt = settings === null ? null : createHostTokens({ ...parts, settings });
  const findKey = prepareFindKey(db);
  const asking = { db, clock, cookieName, sessionSecrets: secrets, findKey, principalOfJwt };
  const origins = new Set(parts.allowedOrigins);
  const quotas = parts.rateQuotas ?? DEFAULT_QUOTAS;
  const rateLimits = createRateLimits({ ...parts, secret: secrets[0], quotas });
  const guard = createAttemptGuard({ rateLimits });
  const events = createSignInEvents(parts);
  let stopSweeping = async () => {};

  const tokenOf = (cookieHeader: string | undefined) =>
    readSessionCookie({ cookieHeader, cookieName, secrets });

  /** A page that may not call us may not sign its visitors in or out either (login CSRF). */
  function refuseForeignPage(facts: ForeignPageFacts): void {
    if (!comesFromForeignPage(facts, origins)) return;
    throw new DrivewayError("origin_not_allowed", "This page's origin is not in ALLOWED_ORIGINS.");
  }

  return {
    authenticate: (headers) => authenticate(asking, headers),
    async signIn(params) {
      refuseForeignPage({ ...params, isCookieCall: false });
      return guardedSignIn({ auth, db, guard, events }, params);
    },
    rateLimits,
    known: createKnownCredentials({ clock }),
    async signOut({ cookieHeader, origin, fetchSite, client }) {
      refuseForeignPage({ origin, fetchSite, isCookieCall: cookieHeader !== undefined });
      return signOut({ auth, db, clock }, { token: tokenOf(cookieHeader), client });
    },
    readSession(request) {
      const token = tokenOf(request.cookieHeader);
      const cookieHeader = token === null ? null : sessionCookieHeader({ token, cookieName, secrets });
      return readSession({ auth, db }, { cookieHeader });
    },
    bootstrap: (params) => bootstrap(db, params),
    describePrincipal: (principal) => describePrincipal(db, principal),
    createApiKey: (params) => createApiKey(parts, params),
    listApiKeys: (params) => listApiKeys(parts, params),
    revokeApiKey: (wanted) => revokeApiKey(parts, wanted),
    members: createMembers({ db, clock, guard, refuseForeignPage }),
    listEvents: (query) => listEvents(db, query),
    startWorker({ auditLogDays }) {
      stopSweeping = startSweeping(parts, { days: auditLogDays });
    },
    async stop() {
      await Promise.all([stopSweeping(), events.settled(), rateLimits.stop()]);
    },
  };
}
