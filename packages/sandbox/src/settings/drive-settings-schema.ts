import { z } from "zod";
import type { DriveSettings } from "./drive-settings.ts";

/** What {@link DriveSettings} says, as it is checked, and what holds where nothing is said. */
export const DriveSettingsSchema = z.strictObject({
  listLagMs: z.int().min(0).default(0),
  emptyPages: z.enum(["never", "sometimes"]).default("never"),
  groupedParentsBug: z.boolean().default(false),
  seed: z.int().min(0).default(1),
  apiEnabled: z.boolean().default(true),
  lostUploadStatus: z.literal([404, 410]).default(404),
  imageMetadataDelayMs: z.int().min(0).default(0),
  sharedDriveItemLimit: z.int().min(1).default(500_000),
  folderChildLimit: z.int().min(1).default(500_000),
  folderDepthLimit: z.int().min(1).default(100),
  incompleteSearch: z.boolean().default(false),
}) satisfies z.ZodType<DriveSettings>;
