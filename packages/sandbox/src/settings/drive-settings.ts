import { z } from "zod";

/** How this Drive differs from one that is always prompt. */
export const DriveSettings = z.strictObject({
  /** For how long a new file is missing from listings, in ms. */
  listLagMs: z.int().min(0).default(0),
  /** Whether listings have pages that are empty or short although more follow, as Google's may. */
  emptyPages: z.enum(["never", "sometimes"]).default("never"),
  /** Whether a search for the children of several folders at a time now and then finds nothing, as Google's does. */
  groupedParentsBug: z.boolean().default(false),
  /** What decides which pages and which searches are the ones where that happens. */
  seed: z.int().min(0).default(1),
  /** Whether the Drive API is switched on in the project of the clients. */
  apiEnabled: z.boolean().default(true),
  /** The status of requests to an upload session that expired or never was. Google's is 404, and 410 was seen. */
  lostUploadStatus: z.literal([404, 410]).default(404),
  /** For how long after an upload nothing is known yet of a picture's size and camera, in ms. */
  imageMetadataDelayMs: z.int().min(0).default(0),
  /** How many items a shared drive holds at most, its trash included. */
  sharedDriveItemLimit: z.int().min(1).default(500_000),
  /** How many items a folder holds at most; the root of a Drive has no such limit. */
  folderChildLimit: z.int().min(1).default(500_000),
  /** How many folders may lie within each other. */
  folderDepthLimit: z.int().min(1).default(100),
  /** Whether searches through all shared drives at a time stay incomplete, as Google's may: all but the first are left out. */
  incompleteSearch: z.boolean().default(false),
});
