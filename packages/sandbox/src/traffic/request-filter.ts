import type { RequestEntry } from "./request-entry.ts";

/** Which requests of the log are meant; what is left out may be anything. */
export interface RequestFilter {
  /** Only what came after this mark. */
  readonly since?: number;
  /** The kind, exactly, or the beginning of it with a star at the end: "files.*". */
  readonly kind?: string;
  readonly fileId?: string;
  readonly email?: string;
  readonly clientId?: string;
  readonly method?: string;
  /** The HTTP status; 0 for requests that got no answer. */
  readonly status?: number;
  /** The kind of the fault that was met, exactly or with a star at the end; "*" for any fault. */
  readonly fault?: string;
  /** "sent" or "cut" for answers that are over. */
  readonly outcome?: RequestEntry["outcome"];
  readonly batched?: boolean;
}

/** Whether an entry is one that the filter means, its place in the log aside. */
export function matchesRequest(entry: RequestEntry, filter: RequestFilter): boolean {
  return (
    matchesName(entry.kind, filter.kind) &&
    matchesName(entry.fault, filter.fault) &&
    isOrAny(entry.fileId, filter.fileId) &&
    isOrAny(entry.email, filter.email) &&
    isOrAny(entry.clientId, filter.clientId) &&
    isOrAny(entry.method, filter.method) &&
    isOrAny(entry.status, filter.status) &&
    isOrAny(entry.outcome, filter.outcome) &&
    isOrAny(entry.batched, filter.batched)
  );
}

function isOrAny<Value>(value: Value, wanted: Value | undefined): boolean {
  return wanted === undefined || value === wanted;
}

/** Whether a name is the one that is wanted, or begins as it does before a star at its end. */
export function matchesName(name: string | null, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (name === null) return false;
  return wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}
