import { z } from "zod";

const Limit = z.int().min(1).nullable().default(null);

/**
 * The limits that calls run into. All are off unless asked for; what they limit is counted with or without them.
 * The figures are those of Google's page "Usage limits" of 2026 where not said otherwise.
 */
export const QuotaSettings = z.strictObject({
  /** `google` puts Google's documented limits in force: per minute, per day, and bytes uploaded per day. */
  preset: z.enum(["none", "google"]).default("none"),
  /** Units per minute that one user may spend through one project; null for what the preset says. Google's is 325,000. */
  userUnitsPerMinute: Limit,
  /** Units per minute of all users of one project; null for what the preset says. Google's is 1,000,000. */
  projectUnitsPerMinute: Limit,
  /** Units per day of all users of one project; null for what the preset says. Google's is 400,000,000. */
  projectUnitsPerDay: Limit,
  /** Calls per minute, of one user and of a project, as projects from before May 2026 have it: typically 12,000. */
  legacyQueriesPerMinute: Limit,
  /** Files per second that one user may go on making, after a few at once. Undocumented; 2 to 3 have been observed. */
  fileCreationsPerSecond: z.number().min(0.001).max(1_000_000).nullable().default(null),
  /** Bytes that one user may upload in 24 hours; null for what the preset says. Google's are 750 GB. */
  uploadBytesPerDay: Limit,
  /** Bytes that one user may download in 24 hours. Undocumented; some 10 TiB have been observed. */
  downloadBytesPerDay: Limit,
  /** Bytes that the files of one account may have, those in the trash included; null for no limit. */
  storageLimitBytes: z.int().min(0).nullable().default(null),
  /** How a spent minute is refused: always with 403, always with 429, or with each form of both in turn. */
  refusal: z.enum(["403", "429", "alternate"]).default("403"),
  /** What `Retry-After` says, in seconds, when a rate is refused; null leaves it out, as Google mostly does. */
  retryAfterSeconds: z.int().min(0).nullable().default(null),
});
