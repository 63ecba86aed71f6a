import { randomBytes } from "node:crypto";
import { invalidValue } from "../errors.ts";

/** Page tokens live for several hours; whoever comes later starts from the first page. */
const TOKEN_LIFETIME_MS = 4 * 60 * 60 * 1000;
/** How much is kept of open listings, in ids of results: some 30 MB. */
const MOST_HELD_IDS = 4_000_000;
/** What a token weighs beside a result, in ids. */
const TOKEN_WEIGHT = 80;

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
 * given twice or left out when others come and go, and a page asked for again is the same page. Listings with the same
 * result share it. When they are more than memory should hold, the oldest tokens run out early.
 */
export class ListingPages {
  readonly #now: () => number;
  /** In the order in which they expire. */
  readonly #positions = new Map<string, ListingPosition & { readonly expiresAtMs: number }>();
  /** How many tokens lead on in each result. */
  readonly #uses = new Map<readonly string[], number>();
  /** The last result of each listing that is open. */
  readonly #results = new Map<string, readonly string[]>();
  #heldIds = 0;

  constructor({ now }: { now: () => number }) {
    this.#now = now;
  }

  /** An opaque token for the rest of a listing. */
  tokenFor(position: ListingPosition): string {
    this.#dropExpired();
    const token = `~!!~${randomBytes(225).toString("base64url")}`;
    const ids = this.#hold(position);
    this.#positions.set(token, { ...position, ids, expiresAtMs: this.#now() + TOKEN_LIFETIME_MS });
    for (const [oldest] of this.#positions) {
      if (this.#heldIds <= MOST_HELD_IDS || oldest === token) break;
      this.#drop(oldest);
    }
    return token;
  }

  /** The rest of a listing. Throws 400 `invalid` with location `pageToken` for a token unknown, expired or of another listing. */
  positionAt(token: string, key: ListingKey): ListingPosition {
    this.#dropExpired();
    const position = this.#positions.get(token);
    if (position === undefined || textOf(position.key) !== textOf(key)) throw invalidValue("pageToken");
    return position;
  }

  #hold({ key, ids }: ListingPosition): readonly string[] {
    const name = textOf(key);
    const former = this.#results.get(name);
    const held = former !== undefined && isSame(former, ids) ? former : ids;
    const uses = this.#uses.get(held) ?? 0;
    this.#heldIds += TOKEN_WEIGHT + (uses === 0 ? held.length : 0);
    this.#uses.set(held, uses + 1);
    this.#results.set(name, held);
    return held;
  }

  #drop(token: string): void {
    const position = this.#positions.get(token);
    if (position === undefined) return;
    const { key, ids } = position;
    this.#positions.delete(token);
    const uses = (this.#uses.get(ids) ?? 0) - 1;
    this.#heldIds -= TOKEN_WEIGHT;
    if (uses > 0) {
      this.#uses.set(ids, uses);
      return;
    }
    this.#heldIds -= ids.length;
    this.#uses.delete(ids);
    const name = textOf(key);
    if (this.#results.get(name) === ids) this.#results.delete(name);
  }

  #dropExpired(): void {
    const nowMs = this.#now();
    for (const [token, { expiresAtMs }] of this.#positions) {
      if (expiresAtMs > nowMs) return;
      this.#drop(token);
    }
  }
}

function textOf({ sub, clientId, request }: ListingKey): string {
  return JSON.stringify([sub, clientId, request]);
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left === right || (left.length === right.length && left.every((id, at) => id === right[at]));
}
