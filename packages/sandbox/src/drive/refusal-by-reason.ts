import {
  apiNotEnabled,
  appNotAuthorizedToFile,
  badRequest,
  dailyLimitExceeded,
  DriveError,
  fileIdInUse,
  fileNotFound,
  forbidden,
  insufficientFilePermissions,
  insufficientScopes,
  internalError,
  invalidCredentials,
  rateLimitExceeded,
  storageQuotaExceeded,
  userRateLimitExceeded,
} from "./errors.ts";

/** What some refusals speak of. */
interface Circumstances {
  readonly clientId: string;
  readonly fileId: string;
}

const AT_ONCE = { retryAfterSeconds: null };

/** Refusals that say more than a message, or not 403. Statuses of reasons that come with several are the usual ones. */
const MADE: Readonly<Record<string, (circumstances: Circumstances) => DriveError>> = {
  accessNotConfigured: apiNotEnabled,
  appNotAuthorizedToFile: ({ clientId, fileId }) => appNotAuthorizedToFile(clientId, fileId),
  authError: invalidCredentials,
  backendError: () => withStatus(503, "backendError", "Backend Error"),
  badRequest: () => badRequest("Bad Request"),
  dailyLimitExceeded,
  fileIdInUse,
  insufficientFilePermissions,
  insufficientPermissions: () => insufficientScopes("google.drive.v3"),
  internalError,
  invalid: () => badRequest("Invalid Value", "invalid"),
  invalidParameter: () => badRequest("Invalid field selection", "invalidParameter", "fields"),
  notFound: ({ fileId }) => fileNotFound(fileId),
  quotaExceeded: () => overused("quotaExceeded", "Quota exceeded."),
  rateLimitExceeded: () => rateLimitExceeded(429, AT_ONCE),
  storageQuotaExceeded,
  userRateLimitExceeded: ({ clientId }) => userRateLimitExceeded(clientId, AT_ONCE),
};

/** Refusals with 403 and a message. The wordings that nobody has written down are made up. */
const FORBIDDEN: Readonly<Record<string, readonly [message: string, location?: string]>> = {
  activeItemCreationLimitExceeded: ["This account has exceeded the limit of items that it may create."],
  cannotDownloadAbusiveFile: ["This file has been identified as malware or spam and cannot be downloaded."],
  cannotDownloadFile: ["This file cannot be downloaded by the user."],
  domainPolicy: ["The domain administrators have disabled Drive apps."],
  downloadQuotaExceeded: ["The download quota for this file has been exceeded."],
  exportSizeLimitExceeded: ["This file is too large to be exported."],
  fileNotDownloadable: [
    "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
    "alt",
  ],
  fileNotExportable: ["Export only supports Docs Editors files."],
  insufficientParentPermissions: ["Insufficient permissions for the specified parent."],
  myDriveHierarchyDepthLimitExceeded: ["The limit of folders within folders has been exceeded."],
  numChildrenInNonRootLimitExceeded: ["The limit for the number of items in this folder has been exceeded."],
  sharingRateLimitExceeded: ["Rate limit exceeded."],
  teamDriveFileLimitExceeded: ["The file limit for this shared drive has been exceeded."],
  teamDriveMembershipRequired: ["The user is not a member of this shared drive."],
  UrlLeaseLimitExceeded: ["Too many pending uploads for this user."],
};

/**
 * The refusal that goes with a reason of Drive's: status, domain, message and place, as in the guide "Resolve errors" and
 * in answers that were seen. A reason that is not known is taken as it is, with 403.
 */
export function refusalByReason(reason: string, circumstances: Circumstances): DriveError {
  if (Object.hasOwn(MADE, reason)) return MADE[reason]?.(circumstances) ?? forbidden(reason, reason);
  const [message = reason, location] = Object.hasOwn(FORBIDDEN, reason) ? (FORBIDDEN[reason] ?? []) : [];
  return forbidden(reason, message, location);
}

function withStatus(code: number, reason: string, message: string): DriveError {
  return new DriveError({ code, message, item: { message, domain: "global", reason } });
}

function overused(reason: string, message: string): DriveError {
  return new DriveError({ code: 403, message, item: { message, domain: "usageLimits", reason } });
}
