import { DriveError, type DriveErrorKind } from "../drive.ts";

/** An answer that is not a success. */
export interface Refusal {
  readonly status: number;
  /** As it came; HTML and nothing at all are possible. */
  readonly body: string;
  readonly retryAfter: string | null;
  readonly nowMs: number;
}

interface Known {
  readonly kind: DriveErrorKind;
  readonly message: string;
  readonly rateLimited?: true;
}

const PACE: Known = { kind: "try_later", message: "Google Drive asks for a slower pace.", rateLimited: true };
const FULL: Known = { kind: "quota_full", message: "The Google Drive storage of this account is full." };
const LACKING: Known = {
  kind: "not_allowed",
  message: "The access that was granted does not allow this. Connect again and tick every box.",
};
const MISSING: Known = {
  kind: "gone",
  message: "Google Drive has no such file, or does not show it to this application.",
};

const forbidden = (message: string): Known => ({ kind: "not_allowed", message });

/**
 * Google's words for why, with what they mean to us. Branching is on the reason and never on the message
 * (Drive API guide "Resolve errors").
 */
const REASONS: Readonly<Record<string, Known>> = {
  rateLimitExceeded: PACE,
  userRateLimitExceeded: PACE,
  sharingRateLimitExceeded: PACE,
  UrlLeaseLimitExceeded: PACE,
  RATE_LIMIT_EXCEEDED: PACE,
  storageQuotaExceeded: FULL,
  quotaExceeded: FULL,
  teamDriveFileLimitExceeded: {
    kind: "quota_full",
    message: "The shared drive holds as many items as it can.",
  },
  insufficientPermissions: LACKING,
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: LACKING,
  insufficientFilePermissions: forbidden("This account may not do that with the file."),
  insufficientParentPermissions: forbidden("This account may not put anything into that folder."),
  appNotAuthorizedToFile: forbidden("This application was not given the file for writing."),
  cannotDownloadFile: forbidden("The owner of the file does not allow it to be downloaded."),
  cannotDownloadAbusiveFile: forbidden("Google has marked the file as harmful and does not hand it out."),
  downloadQuotaExceeded: forbidden(
    "The file was downloaded too often; Google hands it out again within a day.",
  ),
  fileNotDownloadable: forbidden("The file has no content to download: it is a Google document or a folder."),
  fileNotExportable: forbidden("Only Google documents can be exported."),
  exportSizeLimitExceeded: forbidden("Google exports documents up to 10 MB only."),
  dailyLimitExceeded: forbidden("The daily limit of this application at Google is used up."),
  domainPolicy: forbidden(
    "The administrators of this Google Workspace have switched Drive applications off.",
  ),
  accessNotConfigured: forbidden("The Google Drive API is not switched on in the Google Cloud project."),
  numChildrenInNonRootLimitExceeded: forbidden("The folder holds as many items as it can."),
  teamDriveMembershipRequired: forbidden("This account is not a member of the shared drive."),
  notFound: MISSING,
  fileIdInUse: { kind: "exists", message: "A file with this id exists already." },
  authError: { kind: "stale_token", message: "Google refused the access token." },
};

/** Says what a refusal of the Drive API means, from its status, headers and body alone. */
export function readGoogleError(refusal: Refusal): DriveError {
  const said = parseEnvelope(refusal.body);
  const known = said.reasons.map(meaningOf).find((entry) => entry !== undefined);
  const meaning = forStatus(refusal.status, known, said);
  return new DriveError(meaning.kind, meaning.message, {
    reason: said.reasons[0] ?? `http_${refusal.status}`,
    status: refusal.status,
    location: said.location,
    retryAfterMs: parseRetryAfter(refusal.retryAfter, refusal.nowMs),
    rateLimited: meaning.rateLimited === true,
  });
}

function meaningOf(reason: string): Known | undefined {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
}

function forStatus(status: number, known: Known | undefined, said: Envelope): Known {
  if (status === 401) return { kind: "stale_token", message: "Google refused the access token." };
  if (status === 429) return PACE;
  if (status >= 500 || status === 408)
    return { kind: "try_later", message: "Google Drive has a fault of its own." };
  // Redirects are not followed; that of a download was dealt with before.
  if (status < 400) return { kind: "try_later", message: "Google's answer was not intelligible." };
  if (known !== undefined) return known;
  if (status === 404 || status === 410) return MISSING;
  if (status === 403)
    return said.usageLimits ? PACE : forbidden(sentenceWith(said, "Google Drive does not allow this"));
  return { kind: "refused", message: sentenceWith(said, "Google Drive refused the request") };
}

function sentenceWith(said: Envelope, sentence: string): string {
  const reason = said.reasons[0];
  const where = said.location === null ? "" : ` at "${said.location}"`;
  return reason === undefined ? `${sentence}.` : `${sentence} (${reason}${where}).`;
}

interface Envelope {
  /** Most telling first: `errors[]`, then `details[]`. */
  readonly reasons: readonly string[];
  readonly usageLimits: boolean;
  readonly location: string | null;
}

function parseEnvelope(body: string): Envelope {
  const error = field(parseJson(body), "error");
  const items = asList(field(error, "errors"));
  const reasons = [...items, ...asList(field(error, "details"))]
    .map((entry) => field(entry, "reason"))
    .filter((reason) => typeof reason === "string")
    .map((reason) => reason.slice(0, 100));
  const location = field(items[0], "location");
  return {
    reasons,
    usageLimits: field(items[0], "domain") === "usageLimits",
    location: typeof location === "string" ? location.slice(0, 100) : null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), in milliseconds from now; null when it says neither. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
