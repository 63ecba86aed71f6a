import { LONGEST_WAIT_MS } from "../time-limits.ts";
import type { RequestEntry } from "./request-entry.ts";
import { matchesName, matchesRequest, type RequestFilter } from "./request-filter.ts";
import { type RequestSummary, summarizeRequests } from "./request-summary.ts";
import { RequestWait, type RequestWaitOptions, RequestWaitTimeout } from "./request-wait.ts";
import { SandboxClosedError } from "./sandbox-closed-error.ts";

const KEPT_ENTRIES = 100_000;
const USUAL_WAIT_MS = 10_000;

/**
 * Counts what was asked of the sandbox, so that a demo or a test can say how many calls a piece of work took. An entry
 * is there before the first byte of its answer leaves, and is completed when the last one has.
 * Counts are kept until they are cleared; the entries themselves only for the latest 100,000 to 200,000 requests.
 */
export class RequestLog {
  readonly #counts = new Map<string, number>();
  readonly #waits = new Set<RequestWait>();
  #entries: RequestEntry[] = [];
  #forgotten = 0;
  #clearedAt = 0;

  /** Adds a request. Whoever adds it may still complete the entry, and says so to `complete`. */
  add(entry: RequestEntry): void {
    this.#entries.push(entry);
    this.#counts.set(entry.kind, (this.#counts.get(entry.kind) ?? 0) + 1);
    if (this.#entries.length >= 2 * KEPT_ENTRIES) {
      this.#entries = this.#entries.slice(KEPT_ENTRIES);
      this.#forgotten += KEPT_ENTRIES;
    }
    for (const wait of this.#waits) wait.see(entry);
  }

  /** To be told when the answer to a request in the log is over. */
  complete(entry: RequestEntry): void {
    for (const wait of this.#waits) wait.seeAgain(entry);
  }

  /**
   * How many requests came since the start or since the log was cleared, those that are no longer kept included.
   *
   * @param kind as in a filter: exactly, or the beginning of it with a star at the end ("files.*"); left out, all kinds
   */
  count(kind?: string): number {
    if (kind === undefined) return this.mark() - this.#clearedAt;
    const counts = [...this.#counts].filter(([name]) => matchesName(name, kind));
    return counts.reduce((sum, [, count]) => sum + count, 0);
  }

  /** A point in time to hand to `since`. Marks go on when the log is cleared. */
  mark(): number {
    return this.#forgotten + this.#entries.length;
  }

  /** The entries after a mark, oldest first. */
  since(mark: number): readonly RequestEntry[] {
    return this.#entries.slice(Math.max(0, mark - this.#forgotten));
  }

  /** The entries that a filter means, oldest first. */
  find(filter: RequestFilter = {}): readonly RequestEntry[] {
    return this.since(filter.since ?? 0).filter((entry) => matchesRequest(entry, filter));
  }

  /** The entries after a mark, or all that are kept, in numbers. */
  summary(since = 0): RequestSummary {
    return summarizeRequests(this.since(since));
  }

  /** Forgets all entries and counts. */
  clear(): void {
    this.#forgotten = this.mark();
    this.#clearedAt = this.#forgotten;
    this.#entries = [];
    this.#counts.clear();
  }

  /**
   * Waits until enough matching requests have come, those that are in the log already included; with `since`, only
   * those after the mark. A request counts just before its answer leaves: ask for the outcome "sent" to wait until it has.
   *
   * @returns the first matching entries, in the order in which they came to match
   * @throws RequestWaitTimeout when they do not come in time, the signal's reason when it ends the waiting,
   *   SandboxClosedError when the sandbox closes, RangeError for a `count` or `timeoutMs` that is none
   */
  async waitFor(filter: RequestFilter, options: RequestWaitOptions = {}): Promise<readonly RequestEntry[]> {
    const { count = 1, timeoutMs = USUAL_WAIT_MS, signal } = options;
    requireWhole("count", count, { least: 1, most: KEPT_ENTRIES });
    requireWhole("timeoutMs", timeoutMs, { least: 0, most: LONGEST_WAIT_MS });
    signal?.throwIfAborted();
    const wait = new RequestWait({ filter, count });
    for (const entry of this.since(filter.since ?? 0)) wait.see(entry);
    const timer = setTimeout(
      () => wait.fail(new RequestWaitTimeout({ found: wait.found, count, timeoutMs })),
      timeoutMs,
    );
    const abort = () => wait.fail(signal?.reason);
    signal?.addEventListener("abort", abort);
    this.#waits.add(wait);
    try {
      return await wait.entries;
    } finally {
      this.#waits.delete(wait);
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Ends all waiting, because nothing more will come. */
  close(): void {
    for (const wait of this.#waits) wait.fail(new SandboxClosedError());
  }
}

function requireWhole(name: string, value: number, { least, most }: { least: number; most: number }): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name}: not a whole number from ${least} to ${most}: ${value}`);
}
