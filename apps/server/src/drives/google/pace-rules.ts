import type { PaceRules } from "../pace/pace-rules.ts";

/**
 * Google's quota units as of 2026 (Drive guide "Usage limits"). Uploads are not named there and count like edits; an
 * export is taken to cost as much as a download.
 */
export const PACE_RULES: PaceRules = {
  costs: { read: 5, list: 100, download: 200, write: 50, other: 5 },
  slowReasons: ["sharingRateLimitExceeded"],
  // The 750 GB of a day have no word of their own (guide "Upload file data").
  uploadLimitReasons: ["userRateLimitExceeded"],
};
