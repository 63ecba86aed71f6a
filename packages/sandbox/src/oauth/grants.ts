import { randomBytes } from "node:crypto";
import type { Account } from "../account.ts";
import type { GrantChange, IssuedToken } from "./grant-change.ts";

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
function grantKeyOf({ sub }: { sub: string }, clientId: string): string {
  return `${sub}:${clientId}`;
}

/** All grants and tokens of the sandbox. */
export class Grants {
  readonly #now: () => number;
  readonly #accessTokenLifetimeSeconds: number;
  readonly #onRevoked: (grant: Grant) => void;
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #keep: (change: GrantChange) => void;
  readonly #grants = new Map<string, Grant>();
  /** In order of issue, which is the order of expiry. */
  readonly #accessTokens = new Map<string, LiveToken>();
  readonly #refreshTokens = new Map<string, LiveToken>();
  readonly #retired = new Set<string>();

  /**
   * @param now the clock, in ms
   * @param accessTokenLifetimeSeconds how long an access token works
   * @param accounts everybody who may grant something
   * @param onRevoked called just before a grant ends, so that what hangs on it can be dropped first
   * @param keep told of every change before it takes effect; when it throws, there is no change
   */
  constructor({
    now,
    accessTokenLifetimeSeconds,
    accounts,
    onRevoked,
    keep,
  }: {
    now: () => number;
    accessTokenLifetimeSeconds: number;
    accounts: readonly Account[];
    onRevoked: (grant: Grant) => void;
    keep: (change: GrantChange) => void;
  }) {
    this.#now = now;
    this.#accessTokenLifetimeSeconds = accessTokenLifetimeSeconds;
    this.#onRevoked = onRevoked;
    this.#accounts = new Map(accounts.map((account) => [account.sub, account]));
    this.#keep = keep;
  }

  /** Repeats a change that earlier grants told their keeper of, in the same order. Nobody is told again. */
  restore(change: GrantChange): void {
    this.#apply(change);
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
    this.#commit({ kind: "allowed", sub: account.sub, clientId, scopes: [...scopes] });
    return this.#grantOf(grantKeyOf(account, clientId));
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
    const token = { token: accessToken, grantKey: grant.key, scopes: [...scopes], offline };
    this.#commit({ kind: "accessTokenIssued", expiresAtMs, ...token });
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
    this.#commit({ kind: "accessTokenEnded", token: tokens.accessToken });
    if (tokens.refreshToken !== null) {
      this.#commit({ kind: "refreshTokenEnded", token: tokens.refreshToken });
    }
  }

  /** Ends the whole grant: every token and permission of that person for that client. */
  revoke(grant: Grant): void {
    this.#onRevoked(grant);
    this.#commit({ kind: "grantRevoked", grantKey: grant.key });
  }

  #commit(change: GrantChange): void {
    this.#keep(change);
    this.#apply(change);
  }

  #apply(change: GrantChange): void {
    switch (change.kind) {
      case "allowed":
        this.#allow(change);
        return;
      case "accessTokenIssued":
        this.#accessTokens.set(change.token, this.#liveToken(change, change.expiresAtMs));
        return;
      case "refreshTokenIssued":
        this.#refreshTokens.set(change.token, this.#liveToken(change, null));
        return;
      case "accessTokenEnded":
        this.#accessTokens.delete(change.token);
        return;
      case "refreshTokenEnded":
        this.#retire(change.token);
        return;
      case "grantRevoked":
        this.#drop(this.#grantOf(change.grantKey));
        return;
    }
  }

  #allow({ sub, clientId, scopes }: GrantChange & { kind: "allowed" }): void {
    const account = this.#accounts.get(sub);
    if (account === undefined) {
      throw new RangeError(`The sandbox has no account ${sub}`);
    }
    const key = grantKeyOf(account, clientId);
    const grant = this.#grants.get(key) ?? { key, account, clientId, scopes: new Set() };
    this.#grants.set(key, grant);
    for (const scope of scopes) {
      grant.scopes.add(scope);
    }
  }

  #drop(grant: Grant): void {
    this.#grants.delete(grant.key);
    for (const [token, live] of this.#accessTokens) {
      if (live.grant === grant) {
        this.#accessTokens.delete(token);
      }
    }
    for (const token of this.#refreshTokensOf(grant)) {
      this.#retire(token);
    }
  }

  #liveToken({ grantKey, scopes, offline }: IssuedToken, expiresAtMs: number | null): LiveToken {
    return { grant: this.#grantOf(grantKey), scopes: new Set(scopes), expiresAtMs, offline };
  }

  #grantOf(key: string): Grant {
    const grant = this.#grants.get(key);
    if (grant === undefined) {
      throw new RangeError(`There is no grant ${key}`);
    }
    return grant;
  }

  #issueRefreshToken(grant: Grant, scopes: ReadonlySet<string>): string {
    const live = this.#refreshTokensOf(grant);
    const oldest = live[0];
    if (live.length >= REFRESH_TOKENS_PER_GRANT && oldest !== undefined) {
      this.#commit({ kind: "refreshTokenEnded", token: oldest });
    }
    const token = `1//0${randomBytes(70).toString("base64url")}`;
    this.#commit({
      kind: "refreshTokenIssued",
      token,
      grantKey: grant.key,
      scopes: [...scopes],
      offline: true,
    });
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
