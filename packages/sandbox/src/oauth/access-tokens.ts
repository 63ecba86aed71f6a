import type { Grant } from "./grant.ts";

/** An access token and its life. Times are in ms since the epoch. */
export interface AccessToken {
  readonly grant: Grant;
  readonly scopes: ReadonlySet<string>;
  readonly expiresAtMs: number;
  readonly offline: boolean;
  /** Since when it has this end: its issue, or a revocation after which it works for a while. */
  readonly sinceMs: number;
  /** The refresh token that it was got with; null when a code was exchanged for it. */
  readonly refreshedWith: string | null;
}

/** The access tokens of the sandbox. */
export class AccessTokens {
  readonly #now: () => number;
  /** In order of issue, which is nearly the order of expiry. */
  readonly #issued = new Map<string, AccessToken>();

  /** @param now the clock, in ms */
  constructor({ now }: { now: () => number }) {
    this.#now = now;
  }

  add(token: string, life: AccessToken): void {
    this.#issued.set(token, life);
  }

  /** A token that works; null when it is unknown or dead. */
  find(token: string): AccessToken | null {
    const life = this.#issued.get(token);
    return life === undefined || life.expiresAtMs <= this.#now() ? null : life;
  }

  /** The tokens that were got with a refresh token. */
  refreshedWith(refreshToken: string): string[] {
    return [...this.#issued]
      .filter(([, life]) => life.refreshedWith === refreshToken)
      .map(([token]) => token);
  }

  end(token: string): void {
    this.#issued.delete(token);
  }

  /** Ends all tokens of a grant, at once or, at the latest, at the time given. */
  endAll(grant: Grant, atMs: number | null): void {
    const sinceMs = this.#now();
    for (const [token, life] of this.#issued) {
      if (life.grant !== grant) continue;
      if (atMs === null) this.#issued.delete(token);
      else if (atMs < life.expiresAtMs) this.#issued.set(token, { ...life, expiresAtMs: atMs, sinceMs });
    }
  }

  /** Lets lives that begin later than a time begin at it instead. They last as long as before. */
  beginBy(atMs: number): void {
    for (const [token, life] of this.#issued) {
      const lateMs = life.sinceMs - atMs;
      if (lateMs <= 0) continue;
      this.#issued.set(token, { ...life, sinceMs: atMs, expiresAtMs: life.expiresAtMs - lateMs });
    }
  }

  /** Forgets the oldest tokens as far as they are dead. */
  dropExpired(): void {
    const nowMs = this.#now();
    for (const [token, { expiresAtMs }] of this.#issued) {
      if (expiresAtMs > nowMs) return;
      this.#issued.delete(token);
    }
  }
}
