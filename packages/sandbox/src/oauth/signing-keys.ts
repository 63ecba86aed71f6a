import type { JWK } from "jose";
import type { LiveSettings } from "../settings/index.ts";
import { certificateOf } from "./certificate-of.ts";
import { generateSigningKey, type SigningKey } from "./signing-key.ts";

/** How long clients may hold on to the published keys when no rotation is near. */
const LONGEST_MAX_AGE_SECONDS = 3600;

/**
 * The keys that ID tokens are signed with. A new key takes the place of the current one from time to time
 * (`signingKeyRotationSeconds`) or when told to; the one before it stays published until the next change, so that
 * tokens signed with it still verify.
 */
export class SigningKeys {
  readonly #now: () => number;
  readonly #settings: LiveSettings;
  #current: SigningKey;
  #previous: SigningKey | null = null;
  #currentSinceMs: number;
  /** The change under way, so that parallel requests do not make a key each. */
  #rotation: Promise<void> | null = null;

  private constructor(first: SigningKey, { now, settings }: { now: () => number; settings: LiveSettings }) {
    this.#current = first;
    this.#now = now;
    this.#settings = settings;
    this.#currentSinceMs = now();
  }

  /** Makes the first key. `now` is the clock, in ms. */
  static async create(params: { now: () => number; settings: LiveSettings }): Promise<SigningKeys> {
    return new SigningKeys(await generateSigningKey(), params);
  }

  /** The key to sign with now. */
  async current(): Promise<SigningKey> {
    await this.#rotateWhenDue();
    return this.#current;
  }

  /** The public half of a published key, by the `kid` of a token; null when it was dropped or never was. */
  async find(kid: string | undefined): Promise<SigningKey | null> {
    await this.#rotateWhenDue();
    return this.#published().find((key) => key.kid === kid) ?? null;
  }

  /** The key set as it is published (RFC 7517 §5), with the time until it may change. */
  async publish(): Promise<{ keys: readonly JWK[]; maxAgeSeconds: number }> {
    await this.#rotateWhenDue();
    return {
      keys: this.#published().map(({ publicJwk }) => publicJwk),
      maxAgeSeconds: this.#maxAgeSeconds(),
    };
  }

  /** The same keys as certificates in PEM, by `kid`: the older form, which Google's own library for Node.js asks for. */
  async publishCertificates(): Promise<{ certificates: Record<string, string>; maxAgeSeconds: number }> {
    await this.#rotateWhenDue();
    const nowMs = this.#now();
    const entries = this.#published().map(
      async (key) => [key.kid, await certificateOf(key, { nowMs })] as const,
    );
    const certificates = Object.fromEntries(await Promise.all(entries));
    return { certificates, maxAgeSeconds: this.#maxAgeSeconds() };
  }

  /** Signs with a new key from now on; the key before the current one is dropped. */
  async rotate(): Promise<void> {
    await this.#rotateWhenDue();
    await this.#replace({ previous: this.#current });
  }

  /** Lets the time of the current key begin no later than now: the clock has been put back. */
  beginByNow(): void {
    this.#currentSinceMs = Math.min(this.#currentSinceMs, this.#now());
  }

  async #rotateWhenDue(): Promise<void> {
    if (this.#rotation !== null) return this.#rotation;
    const periods = this.#periodsPassed();
    if (periods === 0) return;
    // After two periods the current key would have been dropped too.
    await this.#replace({ previous: periods === 1 ? this.#current : null });
  }

  async #replace({ previous }: { previous: SigningKey | null }): Promise<void> {
    this.#rotation ??= generateSigningKey()
      .then((next) => {
        this.#previous = previous;
        this.#current = next;
        this.#currentSinceMs = this.#now();
      })
      .finally(() => {
        this.#rotation = null;
      });
    await this.#rotation;
  }

  #periodsPassed(): number {
    const { signingKeyRotationSeconds } = this.#settings.current.oauth;
    if (signingKeyRotationSeconds === null) return 0;
    return Math.max(0, Math.floor((this.#now() - this.#currentSinceMs) / (signingKeyRotationSeconds * 1000)));
  }

  #maxAgeSeconds(): number {
    const { signingKeyRotationSeconds } = this.#settings.current.oauth;
    if (signingKeyRotationSeconds === null) return LONGEST_MAX_AGE_SECONDS;
    const ageSeconds = Math.floor((this.#now() - this.#currentSinceMs) / 1000);
    return Math.min(LONGEST_MAX_AGE_SECONDS, Math.max(0, signingKeyRotationSeconds - ageSeconds));
  }

  #published(): SigningKey[] {
    return this.#previous === null ? [this.#current] : [this.#current, this.#previous];
  }
}
