/** One request that the sandbox answered. The query is left out: it can carry tokens. */
export interface RequestEntry {
  /** What was asked, in the words of Google's reference: "files.list", "files.get.media", "oauth.token". */
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly atMs: number;
}

/** What a route reports; the log adds the time. */
export type RequestReport = Omit<RequestEntry, "atMs">;

const KEPT_ENTRIES = 100_000;

/**
 * Counts what was asked of the sandbox, so that a demo or a test can say how many calls a piece of work took.
 * Counts are kept for ever; the entries themselves only for the latest 100,000 to 200,000 requests.
 */
export class RequestLog {
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();
  #entries: RequestEntry[] = [];
  #forgotten = 0;

  constructor({ now }: { readonly now: () => number }) {
    this.#now = now;
  }

  /** Adds one answered request. */
  record(report: RequestReport): void {
    this.#entries.push({ ...report, atMs: this.#now() });
    this.#counts.set(report.kind, (this.#counts.get(report.kind) ?? 0) + 1);
    if (this.#entries.length >= 2 * KEPT_ENTRIES) {
      this.#entries = this.#entries.slice(KEPT_ENTRIES);
      this.#forgotten += KEPT_ENTRIES;
    }
  }

  /** How many requests of this kind, or of all kinds, were answered since the start. */
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
