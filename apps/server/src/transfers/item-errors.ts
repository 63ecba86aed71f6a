import type { DriveError, DriveMeaning } from "../drives/index.ts";

/** Why one file failed: a stable code, and a sentence for people. */
export interface ItemError {
  readonly code: ItemErrorCode;
  readonly message: string;
}

/**
 * Every code that an item can end with, and what people are told: what happened, and what they can do. Codes are stable:
 * they may be added, never renamed. The page of error codes in the documentation is compared with this list.
 */
export const ITEM_ERRORS = {
  is_folder: "It is a folder; choose the files in it.",
  is_shortcut: "It is a shortcut; choose the file that it points to.",
  shortcut_broken: "It is a shortcut that leads to no file; choose the file itself.",
  too_many_files: "The folder has more files than an import takes; choose some of them.",
  not_an_image: "It is not an image of a kind that this library keeps.",
  too_large: "The file is larger than this service takes.",
  trashed: "The file is in the Drive's trash; restore it there, then try again.",
  not_found:
    "The file is not in the Drive any more, or Driveway may not see it; pick it again, or have it shared with you.",
  no_permission:
    "The file may not be used here: its owner or an administrator has to allow it to be downloaded or changed.",
  abusive: "The Drive has marked the file as harmful and does not hand it out.",
  download_quota_exceeded:
    "The file was downloaded too often by too many people; the Drive hands it out again within a day.",
  not_exportable: "The Drive does not turn this document into an image; save it as an image there.",
  not_downloadable: "It has no content of its own to download; choose an image.",
  export_too_large: "The document is larger than the Drive turns into an image; save it as an image there.",
  app_not_authorized: "Driveway was not given this file; pick it again.",
  not_a_member: "The account is no member of the shared drive; one of its managers can add it.",
  checksum_mismatch: "The bytes that arrived are not the ones that the Drive named; try again.",
  image_not_found: "The image is not in the library any more.",
  image_damaged:
    "The image's bytes in the library are not the ones that it was stored with; it was not sent.",
  folder_not_found:
    "The target folder is not in the Drive any more, or Driveway may not see it; choose another.",
  folder_trashed: "The target folder is in the Drive's trash; restore it there, or choose another.",
  not_a_folder: "The target is not a folder; choose one.",
  folder_not_writable: "The account may not put anything into the target folder; choose another.",
  folder_full: "The target folder holds as many items as it can; choose another.",
  folder_too_deep: "Folders cannot lie any deeper within each other; choose another target folder.",
  shared_drive_full: "The shared drive holds as many items as it can; make room in it, or choose another.",
  item_limit_reached: "The account has made as many items in the Drive as it may; delete some.",
  provider_quota_full: "The Drive's storage is full; make room in it, then try again.",
  insufficient_scope:
    "The access that was granted does not reach so far; connect the account again and tick every box.",
  domain_policy: "The administrators of the account's organisation do not let this application in; ask them.",
  REAUTH_REQUIRED: "The Drive no longer accepts the connection; connect it again.",
  provider_rate_limited: "The Drive asked for a slower pace for too long; try again later.",
  provider_daily_limit: "What this service may do in the Drive in a day is used up; try again tomorrow.",
  provider_timeout: "The Drive did not answer in time; try again later.",
  provider_failed: "The Drive answered with a fault of its own; try again later.",
  provider_refused: "The Drive refused the file.",
  storage_quota_exceeded: "The workspace's storage is full; delete images, or ask its operator for more.",
  oauth_client_refused: "The Drive refuses this Driveway's own sign-in; its operator has to mend it.",
  provider_api_disabled:
    "The Drive's interface is not switched on for this Driveway; its operator has to mend it.",
  unknown_provider: "The provider of the connection is not configured any more.",
  storage_unavailable: "The image could not be stored; try again later.",
  worker_lost: "The work on this file was cut off again and again; try again.",
  cancelled: "It was stopped before it was through.",
  internal_error: "A fault of Driveway; its log knows more.",
} as const;

export type ItemErrorCode = keyof typeof ITEM_ERRORS;

/** The connection is gone. */
export const DISCONNECTED: ItemError = { code: "cancelled", message: "The Drive was disconnected." };

/** The reason of that code, with its sentence. */
export function itemError(code: ItemErrorCode): ItemError {
  return { code, message: ITEM_ERRORS[code] };
}

/** The grant is dead. */
export const REAUTH_REQUIRED = itemError("REAUTH_REQUIRED");

interface Consequence {
  readonly code: ItemErrorCode;
  /** Whether the other files of the job would meet the same, so that it stops at once. */
  readonly stopsJob: boolean;
}

const alone = (code: ItemErrorCode): Consequence => ({ code, stopsJob: false });
const forAll = (code: ItemErrorCode): Consequence => ({ code, stopsJob: true });

const CONSEQUENCES: Readonly<Record<DriveMeaning, Consequence>> = {
  no_permission: alone("no_permission"),
  abusive: alone("abusive"),
  download_quota_exceeded: alone("download_quota_exceeded"),
  not_exportable: alone("not_exportable"),
  not_downloadable: alone("not_downloadable"),
  export_too_large: alone("export_too_large"),
  app_not_authorized: alone("app_not_authorized"),
  not_a_member: alone("not_a_member"),
  range_not_satisfiable: alone("provider_refused"),
  api_not_enabled: alone("provider_api_disabled"),
  daily_limit: alone("provider_daily_limit"),
  folder_not_writable: forAll("folder_not_writable"),
  not_a_folder: forAll("not_a_folder"),
  folder_full: forAll("folder_full"),
  folder_too_deep: forAll("folder_too_deep"),
  shared_drive_full: forAll("shared_drive_full"),
  item_limit_reached: forAll("item_limit_reached"),
  storage_full: forAll("provider_quota_full"),
  insufficient_scope: forAll("insufficient_scope"),
  domain_policy: forAll("domain_policy"),
};

/** What a provider's refusal of one file means for its item. */
export function itemErrorOf(error: DriveError): ItemError {
  if (error.meaning !== null) return itemError(CONSEQUENCES[error.meaning].code);
  switch (error.kind) {
    case "gone":
      return itemError("not_found");
    case "try_later":
      if (error.rateLimited) return itemError("provider_rate_limited");
      return itemError(error.timedOut ? "provider_timeout" : "provider_failed");
    case "stale_token":
    case "sign_in_again":
      return REAUTH_REQUIRED;
    case "app_refused":
      return itemError("oauth_client_refused");
    case "quota_full":
      return itemError("provider_quota_full");
    // The provider's own word is all that is known of these.
    case "not_allowed":
    case "exists":
    case "refused":
      return { code: "provider_refused", message: error.message };
  }
}

/** Why a provider's refusal stops the whole job; null when it is about one file alone, or passes. */
export function stopReasonOf(error: DriveError): ItemError | null {
  switch (error.kind) {
    case "stale_token":
    case "sign_in_again":
      return REAUTH_REQUIRED;
    case "quota_full":
      return itemErrorOf(error);
    case "not_allowed":
    case "refused":
      return error.meaning !== null && CONSEQUENCES[error.meaning].stopsJob ? itemErrorOf(error) : null;
    case "app_refused":
    case "gone":
    case "try_later":
    case "exists":
      return null;
  }
}
