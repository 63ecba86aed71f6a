/** How this Drive differs from one that is always prompt. */
export interface DriveSettings {
  /** For how long a new file is missing from listings, in ms. */
  readonly listLagMs: number;
  /** Whether listings have pages that are empty or short although more follow, as Google's may. */
  readonly emptyPages: "never" | "sometimes";
  /** Whether a search for the children of several folders at a time now and then finds nothing, as Google's does. */
  readonly groupedParentsBug: boolean;
  /** What decides which pages and which searches are the ones where that happens. */
  readonly seed: number;
  /** Whether the Drive API is switched on in the project of the clients. */
  readonly apiEnabled: boolean;
  /** The status of requests to an upload session that expired or never was. Google's is 404, and 410 was seen. */
  readonly lostUploadStatus: 404 | 410;
  /** For how long after an upload nothing is known yet of a picture's size and camera, in ms. */
  readonly imageMetadataDelayMs: number;
  /** How many items a shared drive holds at most, its trash included. */
  readonly sharedDriveItemLimit: number;
  /** How many items a folder holds at most; the root of a Drive has no such limit. */
  readonly folderChildLimit: number;
  /** How many folders may lie within each other. */
  readonly folderDepthLimit: number;
  /** Whether searches through all shared drives at a time stay incomplete, as Google's may: all but the first are left out. */
  readonly incompleteSearch: boolean;
}
