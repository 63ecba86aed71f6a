import type { RequestEntry } from "./request-entry.ts";

/** How many of each name there were. */
type Counts = Readonly<Record<string, number>>;

/** Some requests in numbers. */
export interface RequestSummary {
  readonly requests: number;
  readonly byKind: Counts;
  /** By HTTP status; "0" counts requests that got no answer. */
  readonly byStatus: Counts;
  /** Quota units spent, by e-mail address. Requests of nobody in particular are left out. */
  readonly unitsByUser: Counts;
  /** Faults met, by kind. */
  readonly faults: Counts;
  /** Answers that broke off. */
  readonly cut: number;
  /** Answers that are still under way. */
  readonly open: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Counts requests and what they moved. */
export function summarizeRequests(entries: readonly RequestEntry[]): RequestSummary {
  return {
    requests: entries.length,
    byKind: sumBy(entries, ({ kind }) => kind),
    byStatus: sumBy(entries, ({ status }) => String(status)),
    unitsByUser: sumBy(
      entries,
      ({ email }) => email,
      ({ units }) => units,
    ),
    faults: sumBy(entries, ({ fault }) => fault),
    cut: entries.filter(({ outcome }) => outcome === "cut").length,
    open: entries.filter(({ outcome }) => outcome === "open").length,
    bytesIn: entries.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
    bytesOut: entries.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
  };
}

function sumBy(
  entries: readonly RequestEntry[],
  nameOf: (entry: RequestEntry) => string | null,
  amountOf: (entry: RequestEntry) => number = () => 1,
): Counts {
  const sums = new Map<string, number>();
  for (const entry of entries) {
    const name = nameOf(entry);
    if (name !== null) sums.set(name, (sums.get(name) ?? 0) + amountOf(entry));
  }
  return Object.fromEntries(sums);
}
