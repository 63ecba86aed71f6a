import type { IncomingHttpHeaders } from "node:http";
import type { Database } from "../db/index.ts";
import { type Clock, DrivewayError, type Log } from "../platform/index.ts";
import type { ApiKey } from "./api-keys/api-key.ts";
import { createApiKey, type CreateApiKeyParams } from "./api-keys/create-api-key.ts";
import { type ApiKeyPage, listApiKeys, type ListApiKeysParams } from "./api-keys/list-api-keys.ts";
import { revokeApiKey } from "./api-keys/revoke-api-key.ts";
import { authenticate } from "./authenticate.ts";
import { type BootstrapParams, type BootstrapResult, bootstrap } from "./bootstrap/bootstrap.ts";
import { describePrincipal, type PrincipalDescription } from "./describe-principal.ts";
import { createHostTokens } from "./jwt/create-host-tokens.ts";
import type { JwtSettings } from "./jwt/jwt-settings.ts";
import { createMembers, type Members } from "./members/create-members.ts";
import { prepareFindKey } from "./principal-of-key.ts";
import type { Principal } from "./principal.ts";
import { createAuth, sessionCookieName } from "./sign-in/create-auth.ts";
import { readSession } from "./sign-in/read-session.ts";
import { readSessionCookie, type SessionSecrets, sessionCookieHeader } from "./sign-in/session-cookie.ts";
import { type Session, type SessionAnswer, type SignInParams, signIn } from "./sign-in/sign-in.ts";
import { signOut } from "./sign-in/sign-out.ts";

/** What of a browser's request matters to its session. */
interface BrowserRequest {
  readonly cookieHeader: string | undefined;
  /** The Origin header; undefined when none came, which means that no page of a browser sent it. */
  readonly origin: string | undefined;
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
}

/** Knows who is asking. */
export interface Identity {
  /**
   * The principal behind a request's API key, JWT or session cookie, or null. A wrong key is null, whatever cookie came along.
   * Throws `service_unavailable` when the keys that JWTs are checked with cannot be had.
   */
  authenticate(headers: IncomingHttpHeaders): Promise<Principal | null>;
  /** Throws `invalid_credentials`, or `origin_not_allowed` for a foreign page. */
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

  const tokenOf = (cookieHeader: string | undefined) =>
    readSessionCookie({ cookieHeader, cookieName, secrets });

  /** A page that may not call us may not sign its visitors in or out either (login CSRF). */
  function refuseForeignPage(origin: string | undefined): void {
    if (origin === undefined || origins.has(origin)) return;
    throw new DrivewayError("origin_not_allowed", "This page's origin is not in ALLOWED_ORIGINS.");
  }

  return {
    authenticate: (headers) => authenticate(asking, headers),
    async signIn(params) {
      refuseForeignPage(params.origin);
      return signIn({ auth, db }, params);
    },
    async signOut({ cookieHeader, origin }) {
      refuseForeignPage(origin);
      return signOut({ auth, db }, { token: tokenOf(cookieHeader) });
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
    members: createMembers({ db, clock, refuseForeignPage }),
  };
}
