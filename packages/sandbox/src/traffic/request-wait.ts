import type { RequestEntry } from "./request-entry.ts";
import { matchesRequest, type RequestFilter } from "./request-filter.ts";

/** How long to wait for requests, and for how many. */
export interface RequestWaitOptions {
  /** How many have to match; 1 when left out. */
  readonly count?: number;
  /** How long to wait for them by the clock on the wall, in ms; 10,000 when left out. */
  readonly timeoutMs?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** Not enough matching requests came in time. */
export class RequestWaitTimeout extends Error {
  constructor({ found, count, timeoutMs }: { found: number; count: number; timeoutMs: number }) {
    super(`${found} of ${count} matching requests came within ${timeoutMs} ms`);
    this.name = "RequestWaitTimeout";
  }
}

/** Somebody who waits until enough matching requests are in the log. */
export class RequestWait {
  readonly #filter: RequestFilter;
  readonly #count: number;
  readonly #found: RequestEntry[] = [];
  /** Seen and not matching yet; an entry may still come to match until its answer is over. */
  readonly #candidates = new Set<RequestEntry>();
  readonly #outcome = Promise.withResolvers<readonly RequestEntry[]>();

  constructor({ filter, count }: { filter: RequestFilter; count: number }) {
    this.#filter = filter;
    this.#count = count;
  }

  /** How many matching requests have come so far. */
  get found(): number {
    return this.#found.length;
  }

  /** The matching requests once there are enough of them. Rejects as `fail` says. */
  get entries(): Promise<readonly RequestEntry[]> {
    return this.#outcome.promise;
  }

  /** Looks at an entry that is new in the log. */
  see(entry: RequestEntry): void {
    if (matchesRequest(entry, this.#filter)) this.#take(entry);
    else if (entry.outcome === "open") this.#candidates.add(entry);
  }

  /** Looks again at an entry whose answer is over. */
  seeAgain(entry: RequestEntry): void {
    if (!this.#candidates.delete(entry)) return;
    if (matchesRequest(entry, this.#filter)) this.#take(entry);
  }

  /** Ends the waiting with an error; nothing happens when it has ended. */
  fail(error: unknown): void {
    this.#outcome.reject(error);
  }

  #take(entry: RequestEntry): void {
    this.#found.push(entry);
    if (this.#found.length >= this.#count) this.#outcome.resolve([...this.#found]);
  }
}
