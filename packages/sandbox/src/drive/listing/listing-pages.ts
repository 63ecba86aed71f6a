import { randomBytes } from "node:crypto";
import { invalidValue } from "../errors.ts";

/** Page tokens live for several hours; whoever comes later starts from the first page. */
const TOKEN_LIFETIME_MS = 4 * 60 * 60 * 1000;

/** What a listing was about: a token continues the listing that it came from and no other. */
export interface ListingKey {
  readonly sub: string;
  readonly clientId: string;
  /** Search, order and corpus, in any fixed wording. */
  readonly request: string;
}

/** Where a listing goes on: its result, found when it began, and how much of it was handed out. */
export interface ListingPosition {
  readonly key: ListingKey;
  readonly ids: readonly string[];
  readonly offset: number;
  /** How many pages were handed out. */
  readonly page: number;
}

/**
 * The open listings. A listing is taken down once, when it begins; its pages are cut from that, so that no file is
 * given twice or left out when others come and go, and a page asked for again is the same page.
 */
export class ListingPages {
  readonly #now: () => number;
  /** In the order in which they expire. */
  readonly #positions = new Map<string, ListingPosition & { readonly expiresAtMs: number }>();

  constructor({ now }: { now: () => number }) {
    this.#now = now;
  }

  /** An opaque token for the rest of a listing. */
  tokenFor(position: ListingPosition): string {
    this.#dropExpired();
    const token = `~!!~${randomBytes(225).toString("base64url")}`;
    this.#positions.set(token, { ...position, expiresAtMs: this.#now() + TOKEN_LIFETIME_MS });
    return token;
  }

  /** The rest of a listing. Throws 400 `invalid` with location `pageToken` for a token unknown, expired or of another listing. */
  positionAt(token: string, key: ListingKey): ListingPosition {
    this.#dropExpired();
    const position = this.#positions.get(token);
    if (position === undefined || !isSame(position.key, key)) throw invalidValue("pageToken");
    return position;
  }

  #dropExpired(): void {
    const nowMs = this.#now();
    for (const [token, { expiresAtMs }] of this.#positions) {
      if (expiresAtMs > nowMs) return;
      this.#positions.delete(token);
    }
  }
}

function isSame(left: ListingKey, right: ListingKey): boolean {
  return left.sub === right.sub && left.clientId === right.clientId && left.request === right.request;
}
