import { z } from "zod";

/** How this Drive differs from one that is always prompt. */
export const DriveSettings = z.strictObject({
  /** For how long a new file is missing from listings, in ms. */
  listLagMs: z.int().min(0).default(0),
});
