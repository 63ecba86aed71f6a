const MINUTE_MS = 60_000;
/** Uploads that are refused for so long, and so often, without one success have met the limit of a day. */
const REFUSED_FOR_MS = 10 * MINUTE_MS;
const REFUSALS = 8;
/** Refusals further apart than this have nothing to do with each other. */
const GAP_MS = 15 * MINUTE_MS;
const PROBE_EVERY_MS = 60 * MINUTE_MS;
/** The limit is of 24 hours, and of when exactly they began nobody knows. */
const OVER_AFTER_MS = 25 * 60 * MINUTE_MS;

/** What is known of an account's uploads. All times are milliseconds since 1970. */
export interface UploadFacts {
  readonly refusedSinceMs: number | null;
  readonly lastRefusalMs: number | null;
  readonly refusals: number;
  /** When anything else than an upload was last refused for its rate. */
  readonly otherRefusalMs: number | null;
  /** Set while the limit of the day counts as reached. */
  readonly limited: { readonly sinceMs: number; readonly nextProbeMs: number } | null;
}

/** What happened to the account's calls since it was last told. */
export interface UploadNews {
  readonly uploadsDone: number;
  readonly uploadsRefused: number;
  readonly othersRefused: number;
}

/** Whether uploads may go: all, one to see whether the limit is over, or none for so long. */
export type UploadGate =
  | { readonly kind: "open" }
  | { readonly kind: "probe" }
  | { readonly kind: "closed"; readonly forMs: number };

export const NO_UPLOADS: UploadFacts = {
  refusedSinceMs: null,
  lastRefusalMs: null,
  refusals: 0,
  otherRefusalMs: null,
  limited: null,
};

/**
 * What is known after the news. The limit of a day has no word of its own at Google: it shows as a rate limit of uploads
 * alone which does not clear, however slow they are.
 */
export function learnOfUploads(facts: UploadFacts, news: UploadNews, nowMs: number): UploadFacts {
  const otherRefusalMs = news.othersRefused > 0 ? nowMs : facts.otherRefusalMs;
  if (news.uploadsDone > 0) return { ...NO_UPLOADS, otherRefusalMs };
  if (facts.limited !== null && nowMs - facts.limited.sinceMs >= OVER_AFTER_MS) {
    return { ...NO_UPLOADS, otherRefusalMs };
  }
  if (news.uploadsRefused === 0) return { ...facts, otherRefusalMs };
  const isNewRun = facts.lastRefusalMs === null || nowMs - facts.lastRefusalMs > GAP_MS;
  const run = {
    ...facts,
    otherRefusalMs,
    refusedSinceMs: isNewRun ? nowMs : facts.refusedSinceMs,
    refusals: (isNewRun ? 0 : facts.refusals) + news.uploadsRefused,
    lastRefusalMs: nowMs,
  };
  return facts.limited === null && isDayLimit(run, nowMs)
    ? { ...run, limited: { sinceMs: nowMs, nextProbeMs: nowMs + PROBE_EVERY_MS } }
    : run;
}

function isDayLimit(facts: UploadFacts, nowMs: number): boolean {
  const { refusedSinceMs, refusals, otherRefusalMs } = facts;
  if (refusedSinceMs === null || refusals < REFUSALS || nowMs - refusedSinceMs < REFUSED_FOR_MS) return false;
  return otherRefusalMs === null || otherRefusalMs < refusedSinceMs;
}

/** Whether uploads may go now. Whoever is told to probe is the only one until the next time. */
export function uploadGate(
  facts: UploadFacts,
  asked: { readonly wantsUpload: boolean; readonly nowMs: number },
): { readonly gate: UploadGate; readonly facts: UploadFacts } {
  const { limited } = facts;
  if (limited === null) return { gate: { kind: "open" }, facts };
  const { wantsUpload, nowMs } = asked;
  if (nowMs < limited.nextProbeMs || !wantsUpload) {
    return { gate: { kind: "closed", forMs: Math.max(0, limited.nextProbeMs - nowMs) }, facts };
  }
  const next = { ...limited, nextProbeMs: nowMs + PROBE_EVERY_MS };
  return { gate: { kind: "probe" }, facts: { ...facts, limited: next } };
}
