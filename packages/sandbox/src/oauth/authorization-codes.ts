import { randomBytes } from "node:crypto";
import type { LiveSettings } from "../settings/index.ts";
import type { Grant } from "./grant.ts";
import type { PkceChallenge } from "./pkce.ts";

/** What a code stands for until it is exchanged. */
export interface CodeBinding {
  readonly grant: Grant;
  readonly scopes: ReadonlySet<string>;
  readonly redirectUri: string;
  readonly challenge: PkceChallenge | null;
  readonly nonce: string | null;
  readonly offline: boolean;
  /** Consent was asked for anew, which earns a further refresh token. */
  readonly forcedConsent: boolean;
}

/** A code and its life so far. */
export interface AuthorizationCode {
  readonly binding: CodeBinding;
  issuedAtMs: number;
  redeemed: { readonly accessToken: string; readonly refreshToken: string | null } | null;
}

/** Redeemed codes are remembered longer than they live, so that a late second use still ends the tokens. */
const CODE_MEMORY_MS = 60 * 60 * 1000;

/** The authorization codes of the sandbox: valid once, for ten minutes unless the settings say otherwise. */
export class AuthorizationCodes {
  readonly #now: () => number;
  readonly #settings: LiveSettings;
  /** In order of issue. */
  readonly #codes = new Map<string, AuthorizationCode>();

  constructor({ now, settings }: { now: () => number; settings: LiveSettings }) {
    this.#now = now;
    this.#settings = settings;
  }

  /** Issues a code. It holds a slash, as Google's do: it must be encoded on the way and decoded once. */
  issue(binding: CodeBinding): string {
    this.#forgetOld();
    const code = `4/0A${randomBytes(50).toString("base64url")}`;
    this.#codes.set(code, { binding, issuedAtMs: this.#now(), redeemed: null });
    return code;
  }

  /** The code as issued, redeemed or not; null when unknown. */
  find(code: string): AuthorizationCode | null {
    return this.#codes.get(code) ?? null;
  }

  /** Whether the lifetime of codes has passed since this one was issued. */
  isExpired(code: AuthorizationCode): boolean {
    return code.issuedAtMs + this.#lifetimeMs() <= this.#now();
  }

  /** Counts codes that were issued later than now as issued now: the clock has been put back. */
  beginByNow(): void {
    const nowMs = this.#now();
    for (const code of this.#codes.values()) {
      code.issuedAtMs = Math.min(code.issuedAtMs, nowMs);
    }
  }

  /** Drops the codes of a revoked grant. */
  dropGrant(grant: Grant): void {
    for (const [code, { binding }] of this.#codes) {
      if (binding.grant === grant) {
        this.#codes.delete(code);
      }
    }
  }

  #lifetimeMs(): number {
    return this.#settings.current.oauth.codeLifetimeSeconds * 1000;
  }

  #forgetOld(): void {
    const oldestKeptMs = this.#now() - Math.max(CODE_MEMORY_MS, this.#lifetimeMs());
    for (const [code, { issuedAtMs }] of this.#codes) {
      if (issuedAtMs > oldestKeptMs) {
        return;
      }
      this.#codes.delete(code);
    }
  }
}
