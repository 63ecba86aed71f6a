import { randomBytes } from "node:crypto";
import type { Account } from "../accounts/account.ts";
import type { LiveSettings } from "../settings/index.ts";
import { type AccessToken, AccessTokens } from "./access-tokens.ts";
import type { Grant } from "./grant.ts";
import type { GrantChange } from "./grant-change.ts";
import { refreshTokenLifetimeSeconds } from "./refresh-token-lifetime.ts";
import { type RefreshToken, RefreshTokens } from "./refresh-tokens.ts";

/** The tokens that one answer of the token endpoint carries. */
export interface IssuedTokens {
  readonly accessToken: string;
  /** Null when there is none or the client has it already. */
  readonly refreshToken: string | null;
  readonly scopes: ReadonlySet<string>;
  readonly expiresInSeconds: number;
  /** What is left of the life of the refresh token, new or used; null when it has no end of its own. */
  readonly refreshTokenExpiresInSeconds: number | null;
}

/** What tokens are issued for. */
export interface TokenWish {
  readonly grant: Grant;
  readonly scopes: ReadonlySet<string>;
  readonly offline: boolean;
  /** A new refresh token, none, or the one that was just used. */
  readonly refreshToken: "new" | "none" | { readonly used: string };
}

/** Google keeps this many live refresh tokens per person and client; one more silently ends the oldest. */
const REFRESH_TOKENS_PER_GRANT = 100;

/** The name of the grant between a person and a client. */
function grantKeyOf({ sub }: { sub: string }, clientId: string): string {
  return `${sub}:${clientId}`;
}

/** All grants and tokens of the sandbox. */
export class Grants {
  readonly #now: () => number;
  readonly #settings: LiveSettings;
  readonly #accessTokenLifetimeSeconds: number;
  readonly #onRevoked: (grant: Grant) => void;
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #keep: (change: GrantChange) => void;
  readonly #grants = new Map<string, Grant>();
  readonly #accessTokens: AccessTokens;
  readonly #refreshTokens: RefreshTokens;

  /**
   * @param now the clock, in ms
   * @param accessTokenLifetimeSeconds how long an access token works
   * @param accounts everybody who may grant something
   * @param onRevoked called just before a grant ends, so that what hangs on it can be dropped first
   * @param keep told of every change before it takes effect; when it throws, there is no change
   */
  constructor({
    now,
    settings,
    accessTokenLifetimeSeconds,
    accounts,
    onRevoked,
    keep,
  }: {
    now: () => number;
    settings: LiveSettings;
    accessTokenLifetimeSeconds: number;
    accounts: readonly Account[];
    onRevoked: (grant: Grant) => void;
    keep: (change: GrantChange) => void;
  }) {
    this.#now = now;
    this.#settings = settings;
    this.#accessTokenLifetimeSeconds = accessTokenLifetimeSeconds;
    this.#onRevoked = onRevoked;
    this.#accounts = new Map(accounts.map((account) => [account.sub, account]));
    this.#keep = keep;
    this.#accessTokens = new AccessTokens({ now });
    this.#refreshTokens = new RefreshTokens({ now, settings });
  }

  /** Repeats a change that earlier grants told their keeper of, in the same order. Nobody is told again. */
  restore(change: GrantChange): void {
    this.#apply(change);
  }

  /** The grant between a person and a client; null when there is none. */
  find(account: Account, clientId: string): Grant | null {
    return this.#grants.get(grantKeyOf(account, clientId)) ?? null;
  }

  /** All grants, the oldest first; those of one person, when one is named. */
  list(account?: Account): Grant[] {
    const all = [...this.#grants.values()];
    return account === undefined ? all : all.filter((grant) => grant.account.sub === account.sub);
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
    return this.#refreshTokens.of(grant).length > 0;
  }

  /** Issues an access token and, where wanted, a refresh token. */
  issue(wish: TokenWish): IssuedTokens {
    this.#accessTokens.dropExpired();
    // Read once: what is left of a life is told to the second, and the clock may move on in between.
    const nowMs = this.#now();
    const accessToken = this.#issueAccessToken(wish, nowMs);
    const isNew = wish.refreshToken === "new";
    const refreshToken = isNew ? this.#issueRefreshToken(wish, nowMs) : null;
    const used = typeof wish.refreshToken === "string" ? null : wish.refreshToken.used;
    return {
      accessToken,
      refreshToken,
      scopes: wish.scopes,
      expiresInSeconds: this.#accessTokenLifetimeSeconds,
      refreshTokenExpiresInSeconds: this.#secondsLeft(refreshToken ?? used, nowMs),
    };
  }

  /** A live access token; null when unknown, expired or revoked. */
  accessToken(token: string): AccessToken | null {
    return this.#accessTokens.find(token);
  }

  /** A live refresh token; null when unknown, expired, revoked or idle for too long. */
  refreshToken(token: string): RefreshToken | null {
    return this.#refreshTokens.find(token);
  }

  /** Whether this refresh token once worked and does no longer. */
  wasRetired(token: string): boolean {
    return this.#refreshTokens.isDead(token);
  }

  /** Whether the grant is still in force; access tokens may outlive it for a while. */
  isInForce(grant: Grant): boolean {
    return this.#grants.get(grant.key) === grant;
  }

  /**
   * Ends the tokens that a code was exchanged for, and those that were refreshed from them, and leaves the grant alone:
   * the answer to a code that is presented twice.
   */
  endTokens({ accessToken, refreshToken }: { accessToken: string; refreshToken: string | null }): void {
    const refreshed = refreshToken === null ? [] : this.#accessTokens.refreshedWith(refreshToken);
    for (const token of [accessToken, ...refreshed]) {
      this.#commit({ kind: "accessTokenEnded", token });
    }
    if (refreshToken !== null) {
      this.#commit({ kind: "refreshTokenEnded", token: refreshToken });
    }
  }

  /**
   * Counts what was stamped later than now as stamped now, so that a token lives no longer than it was to when the clock
   * has been put back.
   */
  beginByNow(): void {
    this.#commit({ kind: "clockPutBack", toMs: this.#now() });
  }

  /** Ends the whole grant: every token and permission of that person for that client. */
  revoke(grant: Grant): void {
    const { revokedAccessTokenGraceSeconds: graceSeconds } = this.#settings.current.oauth;
    const grace = graceSeconds === 0 ? {} : { accessTokensEndAtMs: this.#now() + graceSeconds * 1000 };
    this.#onRevoked(grant);
    this.#commit({ kind: "grantRevoked", grantKey: grant.key, ...grace });
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
        this.#addAccessToken(change);
        return;
      case "refreshTokenIssued":
        this.#addRefreshToken(change);
        return;
      case "accessTokenEnded":
        this.#accessTokens.end(change.token);
        return;
      case "refreshTokenEnded":
        this.#refreshTokens.end(change.token);
        return;
      case "grantRevoked":
        this.#drop(this.#grantOf(change.grantKey), change.accessTokensEndAtMs ?? null);
        return;
      case "clockPutBack":
        this.#accessTokens.beginBy(change.toMs);
        this.#refreshTokens.beginBy(change.toMs);
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

  #addAccessToken(change: GrantChange & { kind: "accessTokenIssued" }): void {
    const { token, grantKey, scopes, expiresAtMs, offline, refreshedWith } = change;
    const { issuedAtMs = this.#now() } = change;
    const grant = this.#grantOf(grantKey);
    this.#accessTokens.add(token, {
      grant,
      scopes: new Set(scopes),
      expiresAtMs,
      offline,
      sinceMs: issuedAtMs,
      refreshedWith: refreshedWith ?? null,
    });
    if (refreshedWith !== undefined) this.#refreshTokens.use(refreshedWith, issuedAtMs);
  }

  #addRefreshToken(change: GrantChange & { kind: "refreshTokenIssued" }): void {
    const { token, grantKey, scopes, expiresAtMs = null, issuedAtMs = this.#now() } = change;
    const grant = this.#grantOf(grantKey);
    const life = { issuedAtMs, expiresAtMs, lastUsedAtMs: issuedAtMs };
    this.#refreshTokens.add(token, { grant, scopes: new Set(scopes), ...life });
  }

  #drop(grant: Grant, accessTokensEndAtMs: number | null): void {
    this.#grants.delete(grant.key);
    this.#accessTokens.endAll(grant, accessTokensEndAtMs);
    this.#refreshTokens.endAll(grant);
  }

  #grantOf(key: string): Grant {
    const grant = this.#grants.get(key);
    if (grant === undefined) {
      throw new RangeError(`There is no grant ${key}`);
    }
    return grant;
  }

  #issueAccessToken({ grant, scopes, offline, refreshToken }: TokenWish, issuedAtMs: number): string {
    const token = `ya29.a0${randomBytes(120).toString("base64url")}`;
    this.#commit({
      kind: "accessTokenIssued",
      expiresAtMs: issuedAtMs + this.#accessTokenLifetimeSeconds * 1000,
      token,
      grantKey: grant.key,
      scopes: [...scopes],
      offline,
      issuedAtMs,
      ...(typeof refreshToken === "object" && { refreshedWith: refreshToken.used }),
    });
    return token;
  }

  #issueRefreshToken({ grant, scopes }: TokenWish, issuedAtMs: number): string {
    const live = this.#refreshTokens.of(grant);
    const oldest = live[0];
    if (live.length >= REFRESH_TOKENS_PER_GRANT && oldest !== undefined) {
      this.#commit({ kind: "refreshTokenEnded", token: oldest });
    }
    const token = `1//0${randomBytes(70).toString("base64url")}`;
    const lifetimeSeconds = refreshTokenLifetimeSeconds(this.#settings.current.oauth, scopes);
    this.#commit({
      kind: "refreshTokenIssued",
      token,
      grantKey: grant.key,
      scopes: [...scopes],
      offline: true,
      issuedAtMs,
      ...(lifetimeSeconds !== null && { expiresAtMs: issuedAtMs + lifetimeSeconds * 1000 }),
    });
    return token;
  }

  #secondsLeft(refreshToken: string | null, nowMs: number): number | null {
    const expiresAtMs =
      refreshToken === null ? null : this.#refreshTokens.find(refreshToken, nowMs)?.expiresAtMs;
    return expiresAtMs === null || expiresAtMs === undefined
      ? null
      : Math.floor((expiresAtMs - nowMs) / 1000);
  }
}
