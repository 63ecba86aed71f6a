import type { LiveSettings } from "../settings/index.ts";
import type { Grant } from "./grant.ts";

/** A refresh token and its life so far. Times are in ms since the epoch. */
export interface RefreshToken {
  readonly grant: Grant;
  readonly scopes: ReadonlySet<string>;
  readonly issuedAtMs: number;
  /** When it ends whatever happens; null for never. */
  readonly expiresAtMs: number | null;
  /** When it was used last, or issued. */
  lastUsedAtMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const REMEMBERED_RETIRED_TOKENS = 10_000;

/**
 * The refresh tokens of the sandbox. One dies when it was ended, when its time is over, or when nobody used it for six
 * months (`refreshTokenIdleDays`; "Refresh token expiration" in Google's OAuth 2.0 overview).
 */
export class RefreshTokens {
  readonly #now: () => number;
  readonly #settings: LiveSettings;
  /** In order of issue. */
  readonly #issued = new Map<string, RefreshToken>();
  readonly #retired = new Set<string>();

  /** @param now the clock, in ms */
  constructor({ now, settings }: { now: () => number; settings: LiveSettings }) {
    this.#now = now;
    this.#settings = settings;
  }

  add(token: string, life: RefreshToken): void {
    this.#issued.set(token, life);
  }

  /** Begins the idle time of a token anew; nothing happens when it was ended. */
  use(token: string, atMs: number): void {
    const life = this.#issued.get(token);
    if (life !== undefined) life.lastUsedAtMs = atMs;
  }

  /** A token that works, now or at another time; null when it is unknown or dead. */
  find(token: string, atMs = this.#now()): RefreshToken | null {
    const life = this.#issued.get(token);
    return life !== undefined && this.#isAlive(life, atMs) ? life : null;
  }

  /** Whether a token worked once and does no longer. */
  isDead(token: string): boolean {
    const life = this.#issued.get(token);
    return this.#retired.has(token) || (life !== undefined && !this.#isAlive(life));
  }

  /** The tokens of a grant that work, the oldest first. */
  of(grant: Grant): string[] {
    return [...this.#issued]
      .filter(([, life]) => life.grant === grant && this.#isAlive(life))
      .map(([token]) => token);
  }

  /** Ends a token, and remembers for a while that it was one. */
  end(token: string): void {
    this.#issued.delete(token);
    this.#retired.add(token);
    const [oldest] = this.#retired;
    if (this.#retired.size > REMEMBERED_RETIRED_TOKENS && oldest !== undefined) {
      this.#retired.delete(oldest);
    }
  }

  /** Ends all tokens of a grant. */
  endAll(grant: Grant): void {
    for (const [token, life] of this.#issued) {
      if (life.grant === grant) this.end(token);
    }
  }

  /** Lets lives that begin later than a time begin at it instead. They last as long as before. */
  beginBy(atMs: number): void {
    for (const [token, life] of this.#issued) {
      const { issuedAtMs, expiresAtMs, lastUsedAtMs } = life;
      const lateMs = Math.max(0, issuedAtMs - atMs);
      this.#issued.set(token, {
        ...life,
        issuedAtMs: issuedAtMs - lateMs,
        expiresAtMs: expiresAtMs === null ? null : expiresAtMs - lateMs,
        lastUsedAtMs: Math.min(lastUsedAtMs, atMs),
      });
    }
  }

  #isAlive({ expiresAtMs, lastUsedAtMs }: RefreshToken, nowMs = this.#now()): boolean {
    const { refreshTokenIdleDays } = this.#settings.current.oauth;
    const isIdle = refreshTokenIdleDays !== null && nowMs - lastUsedAtMs >= refreshTokenIdleDays * DAY_MS;
    return !isIdle && (expiresAtMs === null || expiresAtMs > nowMs);
  }
}
