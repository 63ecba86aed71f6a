import type { DriveError } from "../drives/index.ts";
import type { StopReason } from "./job-end.ts";

/** Why one file failed: a stable code, and a sentence for people. */
export interface ItemError {
  readonly code: string;
  readonly message: string;
}

const SENTENCES = {
  is_folder: "It is a folder; choose the files in it.",
  is_shortcut: "It is a shortcut; choose the file that it points to.",
  not_an_image: "It is not an image.",
  too_large: "The file is larger than this service takes.",
  trashed: "The file is in the Drive's trash.",
  not_found: "The file is not in the Drive, or Driveway may not see it.",
  no_permission: "The Drive does not allow this file to be downloaded.",
  checksum_mismatch: "The bytes that arrived are not the ones that the Drive named.",
  image_not_found: "The image is not in the library any more.",
  folder_not_found: "The target folder is not in the Drive, or Driveway may not see it.",
  provider_rate_limited: "The Drive asked for a slower pace for too long.",
  provider_timeout: "The Drive did not answer in time.",
  provider_failed: "The Drive answered with a fault of its own.",
  provider_refused: "The Drive refused the file.",
  storage_unavailable: "The image could not be stored.",
  storage_quota_exceeded: "The workspace's storage is full.",
  oauth_client_refused: "The Drive refuses this Driveway's own sign-in; its operator has to mend it.",
  worker_lost: "The work on this file was cut off again and again.",
  internal_error: "A fault of Driveway; its log knows more.",
} as const;

/** The grant is dead. */
export const REAUTH_REQUIRED: StopReason = {
  code: "REAUTH_REQUIRED",
  message: "The Drive no longer accepts the connection; connect it again.",
};

/** The connection is gone. */
export const DISCONNECTED: StopReason = { code: "cancelled", message: "The Drive was disconnected." };

const QUOTA_FULL: StopReason = { code: "provider_quota_full", message: "The Drive's storage is full." };

export type ItemErrorCode = keyof typeof SENTENCES;

/** The reason of that code, with its sentence. */
export function itemError(code: ItemErrorCode): ItemError {
  return { code, message: SENTENCES[code] };
}

/** What a provider's refusal of one file means for its item. */
export function itemErrorOf(error: DriveError): ItemError {
  switch (error.kind) {
    case "gone":
      return itemError("not_found");
    case "not_allowed":
      return { code: "no_permission", message: error.message };
    case "try_later":
      if (error.rateLimited) return itemError("provider_rate_limited");
      return itemError(error.timedOut ? "provider_timeout" : "provider_failed");
    case "stale_token":
    case "sign_in_again":
      return REAUTH_REQUIRED;
    case "app_refused":
      return itemError("oauth_client_refused");
    case "quota_full":
      return QUOTA_FULL;
    case "exists":
    case "refused":
      return { code: "provider_refused", message: error.message };
  }
}

/** Why a provider's refusal stops the whole job; null when it is about one file alone. */
export function stopReasonOf(error: DriveError): StopReason | null {
  switch (error.kind) {
    case "stale_token":
    case "sign_in_again":
      return REAUTH_REQUIRED;
    case "quota_full":
      return QUOTA_FULL;
    case "app_refused":
    case "gone":
    case "not_allowed":
    case "try_later":
    case "exists":
    case "refused":
      return null;
  }
}
