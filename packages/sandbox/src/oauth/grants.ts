import { randomBytes } from "node:crypto";
import type { Account } from "../account.ts";

/** What one person has allowed one client: the unit that is revoked as a whole. */
export interface Grant {
  readonly key: string;
  readonly account: Account;
  readonly clientId: string;
  /** Everything ever allowed since the last revocation. */
  readonly scopes: Set<string>;
}

/** A live access or refresh token. */
export interface LiveToken {
  readonly grant: Grant;
  readonly scopes: ReadonlySet<string>;
  /** Null for refresh tokens, which do not run out. */
  readonly expiresAtMs: number | null;
  readonly offline: boolean;
}

/** The tokens that one answer of the token endpoint carries. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly scopes: ReadonlySet<string>;
  readonly expiresInSeconds: number;
}

/** Google keeps this many live refresh tokens per person and client; one more silently ends the oldest. */
const REFRESH_TOKENS_PER_GRANT = 100;
const REMEMBERED_RETIRED_TOKENS = 10_000;

/** The name of the grant between a person and a client. */
function grantKeyOf(account: Account, clientId: string): string {
  return `${account.sub}:${clientId}`;
}

/** All grants and tokens of the sandbox. */
export class Grants {
  readonly #now: () => number;
  readonly #accessTokenLifetimeSeconds: number;
  readonly #onRevoked: (grant: Grant) => void;
  readonly #grants = new Map<string, Grant>();
  /** In order of issue, which is the order of expiry. */
  readonly #accessTokens = new Map<string, LiveToken>();
  readonly #refreshTokens = new Map<string, LiveToken>();
  readonly #retired = new Set<string>();

  /**
   * @param now the clock, in ms
   * @param accessTokenLifetimeSeconds how long an access token works
   * @param onRevoked called after a grant ended, so that what hangs on it can be dropped
   */
  constructor({
    now,
    accessTokenLifetimeSeconds,
    onRevoked,
  }: {
    now: () => number;
    accessTokenLifetimeSeconds: number;
    onRevoked: (grant: Grant) => void;
  }) {
    this.#now = now;
    this.#accessTokenLifetimeSeconds = accessTokenLifetimeSeconds;
    this.#onRevoked = onRevoked;
  }

  /** The grant between a person and a client; null when there is none. */
  find(account: Account, clientId: string): Grant | null {
    return this.#grants.get(grantKeyOf(account, clientId)) ?? null;
  }

  /** Writes down what a person allowed; earlier permissions stay. */
  allow({
    account,
    clientId,
    scopes,
  }: {
    account: Account;
    clientId: string;
    scopes: ReadonlySet<string>;
  }): Grant {
    const key = grantKeyOf(account, clientId);
    const grant = this.#grants.get(key) ?? { key, account, clientId, scopes: new Set() };
    this.#grants.set(key, grant);
    for (const scope of scopes) {
      grant.scopes.add(scope);
    }
    return grant;
  }

  /** Whether a refresh token of this grant is alive. */
  hasRefreshToken(grant: Grant): boolean {
    return this.#refreshTokensOf(grant).length > 0;
  }

  /** Issues an access token and, where wanted, a refresh token. */
  issue({
    grant,
    scopes,
    offline,
    withRefreshToken,
  }: {
    grant: Grant;
    scopes: ReadonlySet<string>;
    offline: boolean;
    withRefreshToken: boolean;
  }): IssuedTokens {
    this.#dropExpired();
    const accessToken = `ya29.a0${randomBytes(120).toString("base64url")}`;
    const expiresAtMs = this.#now() + this.#accessTokenLifetimeSeconds * 1000;
    this.#accessTokens.set(accessToken, { grant, scopes, expiresAtMs, offline });
    const refreshToken = withRefreshToken ? this.#issueRefreshToken(grant, scopes) : null;
    return { accessToken, refreshToken, scopes, expiresInSeconds: this.#accessTokenLifetimeSeconds };
  }

  /** A live access token; null when unknown, expired or revoked. */
  accessToken(token: string): LiveToken | null {
    const found = this.#accessTokens.get(token);
    if (found === undefined || found.expiresAtMs === null || found.expiresAtMs <= this.#now()) {
      return null;
    }
    return found;
  }

  /** A live refresh token; null when unknown or revoked. */
  refreshToken(token: string): LiveToken | null {
    return this.#refreshTokens.get(token) ?? null;
  }

  /** Whether this refresh token once worked and was ended. */
  wasRetired(token: string): boolean {
    return this.#retired.has(token);
  }

  /** Ends single tokens and leaves the grant alone: the answer to a code that is presented twice. */
  endTokens(tokens: { accessToken: string; refreshToken: string | null }): void {
    this.#accessTokens.delete(tokens.accessToken);
    if (tokens.refreshToken !== null) {
      this.#retire(tokens.refreshToken);
    }
  }

  /** Ends the whole grant: every token and permission of that person for that client. */
  revoke(grant: Grant): void {
    this.#grants.delete(grant.key);
    for (const [token, live] of this.#accessTokens) {
      if (live.grant === grant) {
        this.#accessTokens.delete(token);
      }
    }
    for (const token of this.#refreshTokensOf(grant)) {
      this.#retire(token);
    }
    this.#onRevoked(grant);
  }

  #issueRefreshToken(grant: Grant, scopes: ReadonlySet<string>): string {
    const live = this.#refreshTokensOf(grant);
    const oldest = live[0];
    if (live.length >= REFRESH_TOKENS_PER_GRANT && oldest !== undefined) {
      this.#retire(oldest);
    }
    const token = `1//0${randomBytes(70).toString("base64url")}`;
    this.#refreshTokens.set(token, { grant, scopes, expiresAtMs: null, offline: true });
    return token;
  }

  #refreshTokensOf(grant: Grant): string[] {
    return [...this.#refreshTokens].filter(([, live]) => live.grant === grant).map(([token]) => token);
  }

  #retire(refreshToken: string): void {
    this.#refreshTokens.delete(refreshToken);
    this.#retired.add(refreshToken);
    const [oldest] = this.#retired;
    if (this.#retired.size > REMEMBERED_RETIRED_TOKENS && oldest !== undefined) {
      this.#retired.delete(oldest);
    }
  }

  #dropExpired(): void {
    const now = this.#now();
    for (const [token, live] of this.#accessTokens) {
      if (live.expiresAtMs === null || live.expiresAtMs > now) {
        return;
      }
      this.#accessTokens.delete(token);
    }
  }
}
