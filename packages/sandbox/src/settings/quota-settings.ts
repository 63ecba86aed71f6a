/**
 * The limits that calls run into. All are off unless asked for; what they limit is counted with or without them.
 * The figures are those of Google's page "Usage limits" of 2026 where not said otherwise.
 */
export interface QuotaSettings {
  /** `google` puts Google's documented limits in force: per minute, per day, and bytes uploaded per day. */
  readonly preset: "none" | "google";
  /** Units per minute that one user may spend through one project; null for what the preset says. Google's is 325,000. */
  readonly userUnitsPerMinute: number | null;
  /** Units per minute of all users of one project; null for what the preset says. Google's is 1,000,000. */
  readonly projectUnitsPerMinute: number | null;
  /** Units per day of all users of one project; null for what the preset says. Google's is 400,000,000. */
  readonly projectUnitsPerDay: number | null;
  /** Calls per minute, of one user and of a project, as projects from before May 2026 have it: typically 12,000. */
  readonly legacyQueriesPerMinute: number | null;
  /** Files per second that one user may go on making, after a few at once. Undocumented; 2 to 3 have been observed. */
  readonly fileCreationsPerSecond: number | null;
  /** Bytes that one user may upload in 24 hours; null for what the preset says. Google's are 750 GB. */
  readonly uploadBytesPerDay: number | null;
  /** Bytes that one user may download in 24 hours. Undocumented; some 10 TiB have been observed. */
  readonly downloadBytesPerDay: number | null;
  /** Bytes that the files of one account may have, those in the trash included; null for no limit. */
  readonly storageLimitBytes: number | null;
  /** How a spent minute is refused: always with 403, always with 429, or with each form of both in turn. */
  readonly refusal: "403" | "429" | "alternate";
  /** What `Retry-After` says, in seconds, when a rate is refused; null leaves it out, as Google mostly does. */
  readonly retryAfterSeconds: number | null;
}
