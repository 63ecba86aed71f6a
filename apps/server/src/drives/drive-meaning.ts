/**
 * What exactly a provider refused, in words that hold for every provider. They are as stable as the codes that the items
 * of a job fail with, and most have the code of the same name.
 */
export type DriveMeaning =
  /** The owner, an administrator, or the account's own role does not allow it with this file. */
  | "no_permission"
  /** The provider has marked the file as harmful and hands it to nobody but its owner. */
  | "abusive"
  /** Too many have fetched the file; it is handed out again within a day. */
  | "download_quota_exceeded"
  /** The file cannot be had in the format that was asked for. */
  | "not_exportable"
  /** The file has no bytes of its own. */
  | "not_downloadable"
  /** The document is larger than the provider exports. */
  | "export_too_large"
  /** The user has not given this file to the application. */
  | "app_not_authorized"
  /** The grant is good, but does not reach so far. */
  | "insufficient_scope"
  /** The administrators of the user's organisation keep applications out. */
  | "domain_policy"
  /** The operator has not switched the provider's API on, or has lost it. */
  | "api_not_enabled"
  /** The application has used up what it may do in a day. */
  | "daily_limit"
  /** The account may not put anything into the folder. */
  | "folder_not_writable"
  /** What was named as the folder is none. */
  | "not_a_folder"
  /** The folder holds as many items as it can. */
  | "folder_full"
  /** Folders within folders, as deep as they can be. */
  | "folder_too_deep"
  /** The account's storage is full. */
  | "storage_full"
  /** The shared drive holds as many items as it can. */
  | "shared_drive_full"
  /** The account has made as many items as it may. */
  | "item_limit_reached"
  /** The account is no member of the shared drive. */
  | "not_a_member"
  /** There are no bytes at or after the place that was asked for. */
  | "range_not_satisfiable";
