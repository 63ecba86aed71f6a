/** One request that came to the sandbox. The query is left out: it can carry tokens. */
export interface RequestEntry {
  /** What was asked, in the words of Google's reference: "files.list", "files.get.media", "oauth.token". */
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  /** The file that the path names; null when it names none. */
  readonly fileId: string | null;
  /** Who asked; null when nobody in particular did, or the credential was refused. */
  readonly email: string | null;
  readonly clientId: string | null;
  /** Came as a part of a batch. */
  readonly batched: boolean;
  /** What the request cost, in quota units. */
  readonly units: number;
  /** The kind of the fault that was put in its way; null when there was none. */
  readonly fault: string | null;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Whether the answer is under way, was sent to its end, or broke off before that. */
  readonly outcome: "open" | "sent" | "cut";
  /** Bytes of the bodies, as far as they came and went. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** When the request came, in ms since the epoch by the clock of the sandbox. */
  readonly atMs: number;
}

const KEPT_ENTRIES = 100_000;

/**
 * Counts what was asked of the sandbox, so that a demo or a test can say how many calls a piece of work took. An entry
 * is there before the first byte of its answer leaves, and is completed when the last one has.
 * Counts are kept for ever; the entries themselves only for the latest 100,000 to 200,000 requests.
 */
export class RequestLog {
  readonly #counts = new Map<string, number>();
  #entries: RequestEntry[] = [];
  #forgotten = 0;

  /** Adds a request. Whoever adds it may still complete the entry. */
  add(entry: RequestEntry): void {
    this.#entries.push(entry);
    this.#counts.set(entry.kind, (this.#counts.get(entry.kind) ?? 0) + 1);
    if (this.#entries.length >= 2 * KEPT_ENTRIES) {
      this.#entries = this.#entries.slice(KEPT_ENTRIES);
      this.#forgotten += KEPT_ENTRIES;
    }
  }

  /** How many requests of this kind, or of all kinds, came since the start. */
  count(kind?: string): number {
    if (kind !== undefined) {
      return this.#counts.get(kind) ?? 0;
    }
    return this.mark();
  }

  /** A point in time to hand to `since`. */
  mark(): number {
    return this.#forgotten + this.#entries.length;
  }

  /** The entries after a mark, oldest first. */
  since(mark: number): readonly RequestEntry[] {
    return this.#entries.slice(Math.max(0, mark - this.#forgotten));
  }
}
