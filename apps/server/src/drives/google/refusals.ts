import type { DriveErrorKind } from "../drive.ts";
import type { DriveMeaning } from "../drive-meaning.ts";

/** What one of Google's reasons means to us. */
export interface KnownRefusal {
  readonly kind: DriveErrorKind;
  readonly meaning?: DriveMeaning;
  readonly message: string;
  readonly rateLimited?: true;
  /** The shortest pause that helps, where Google names none. */
  readonly retryAfterMs?: number;
  readonly pauseMs?: number;
}

/** Google asks for patience with these: "wait at least ten seconds". */
const SHARING_PAUSE_MS = 10_000;
/** The day of a project ends at midnight in California; asking now and then costs little. */
const DAILY_PAUSE_MS = 15 * 60_000;

export const PACE: KnownRefusal = {
  kind: "try_later",
  message: "Google Drive asks for a slower pace.",
  rateLimited: true,
};
export const MISSING: KnownRefusal = {
  kind: "gone",
  message:
    "Google Drive has no such file, or does not show it to this application: it may be deleted, not shared with this account, not picked, or reached by a link that has changed.",
};

export const UNCONVERTIBLE: KnownRefusal = {
  kind: "refused",
  meaning: "not_exportable",
  message: "Google does not turn this document into the format that was asked for.",
};

const forbidden = (meaning: DriveMeaning, message: string): KnownRefusal => ({
  kind: "not_allowed",
  meaning,
  message,
});
const full = (meaning: DriveMeaning, message: string): KnownRefusal => ({
  kind: "quota_full",
  meaning,
  message,
});

const FULL = full("storage_full", "The Google Drive storage of this account is full.");
const LACKING = forbidden(
  "insufficient_scope",
  "The access that was granted does not allow this. Connect again and tick every box.",
);
const LOCKED = forbidden("no_permission", "The owner of the file does not allow it to be downloaded.");
const HARMFUL = forbidden("abusive", "Google has marked the file as harmful and does not hand it out.");
const POLICY = forbidden(
  "domain_policy",
  "The administrators of this Google Workspace do not let this application in.",
);
const UNGRANTED = forbidden("app_not_authorized", "This application was not given the file.");
const TEAM_FULL = full("shared_drive_full", "The shared drive holds as many items as it can.");
const TOO_DEEP = forbidden("folder_too_deep", "Folders cannot lie within each other any deeper.");
const SWITCHED_OFF: KnownRefusal = {
  kind: "app_refused",
  meaning: "api_not_enabled",
  message:
    "The Google Drive API is not switched on in this Driveway's Google Cloud project; its operator has to mend that.",
};

/**
 * Google's words for why, with what they mean to us. Branching is on the reason and never on the message
 * (Drive API guide "Resolve errors"; in capitals the reasons of `google.rpc.ErrorInfo`).
 */
export const REFUSALS: Readonly<Record<string, KnownRefusal>> = {
  rateLimitExceeded: PACE,
  userRateLimitExceeded: PACE,
  RATE_LIMIT_EXCEEDED: PACE,
  UrlLeaseLimitExceeded: PACE,
  sharingRateLimitExceeded: { ...PACE, retryAfterMs: SHARING_PAUSE_MS },
  dailyLimitExceeded: {
    kind: "try_later",
    meaning: "daily_limit",
    message: "The daily limit of this application at Google is used up.",
    rateLimited: true,
    pauseMs: DAILY_PAUSE_MS,
  },
  accessNotConfigured: SWITCHED_OFF,
  SERVICE_DISABLED: SWITCHED_OFF,
  BILLING_DISABLED: SWITCHED_OFF,
  CONSUMER_INVALID: SWITCHED_OFF,
  CONSUMER_SUSPENDED: SWITCHED_OFF,
  storageQuotaExceeded: FULL,
  quotaExceeded: FULL,
  teamDriveFileLimitExceeded: TEAM_FULL,
  activeItemCreationLimitExceeded: full(
    "item_limit_reached",
    "This account has made as many items in Google Drive as it may.",
  ),
  numChildrenInNonRootLimitExceeded: full("folder_full", "The folder holds as many items as it can."),
  myDriveHierarchyDepthLimitExceeded: TOO_DEEP,
  teamDriveHierarchyTooDeep: TOO_DEEP,
  insufficientPermissions: LACKING,
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: LACKING,
  domainPolicy: POLICY,
  USER_BLOCKED_BY_ADMIN: POLICY,
  insufficientFilePermissions: forbidden("no_permission", "This account may not do that with the file."),
  insufficientParentPermissions: forbidden(
    "folder_not_writable",
    "This account may not put anything into that folder.",
  ),
  parentNotAFolder: {
    kind: "refused",
    meaning: "not_a_folder",
    message: "What was to be the folder is not one.",
  },
  appNotAuthorizedToFile: UNGRANTED,
  appNotAuthorizedToChild: UNGRANTED,
  cannotDownloadFile: LOCKED,
  cannotDownloadAbusiveFile: HARMFUL,
  invalidAbuseAcknowledgment: HARMFUL,
  downloadQuotaExceeded: forbidden(
    "download_quota_exceeded",
    "The file was downloaded too often; Google hands it out again within a day.",
  ),
  fileNotDownloadable: forbidden(
    "not_downloadable",
    "The file has no content to download: it is a Google document or a folder.",
  ),
  fileNotExportable: forbidden("not_exportable", "Only Google documents can be exported."),
  exportSizeLimitExceeded: forbidden("export_too_large", "Google exports documents up to 10 MB only."),
  teamDriveMembershipRequired: forbidden("not_a_member", "This account is not a member of the shared drive."),
  requestedRangeNotSatisfiable: {
    kind: "refused",
    meaning: "range_not_satisfiable",
    message: "The file has no bytes at the place that was asked for.",
  },
  notFound: MISSING,
  fileIdInUse: { kind: "exists", message: "A file with this id exists already." },
  authError: { kind: "stale_token", message: "Google refused the access token." },
};

/** Families of reasons of which Google does not tell every name. */
const FAMILIES: readonly (readonly [RegExp, KnownRefusal])[] = [
  [/^cannotDownload[A-Z]/, LOCKED],
  [/^teamDrive\w*Limit/, TEAM_FULL],
];

/** What a reason means; undefined when nobody has told us. */
export function knownRefusal(reason: string): KnownRefusal | undefined {
  if (Object.hasOwn(REFUSALS, reason)) return REFUSALS[reason];
  return FAMILIES.find(([pattern]) => pattern.test(reason))?.[1];
}
