/** How full folders and shared drives may be; see the settings of the same names. */
export interface PlaceLimits {
  readonly sharedDriveItemLimit: number;
  readonly folderChildLimit: number;
  readonly folderDepthLimit: number;
}

/** What a call says about itself beside who makes it, and the limits that it meets. */
export interface CallTerms {
  /** Whether the call knows of shared drives; to others their items are not there. */
  readonly supportsAllDrives: boolean;
  /** Resource keys sent along, by file id. */
  readonly resourceKeys: ReadonlyMap<string, string>;
  readonly limits: PlaceLimits;
  /** Bytes that the files of an account may have; null for no limit. */
  readonly storageLimitBytes: number | null;
}
