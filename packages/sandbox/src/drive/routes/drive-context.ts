import type { Authorize } from "../../authorize.ts";
import type { Quotas } from "../../quotas/index.ts";
import type { LiveSettings } from "../../settings/index.ts";
import type { ImageReadings } from "../image-metadata/image-readings.ts";
import type { ListingPages } from "../listing/listing-pages.ts";
import type { PresignedDownloads } from "../presigned-downloads.ts";
import type { DriveStore } from "../store/drive-store.ts";
import type { Thumbnails } from "../thumbnails.ts";
import type { UploadSessions } from "../uploads/upload-sessions.ts";

/** What the routes of Drive have in common. */
export interface DriveContext {
  readonly store: DriveStore;
  readonly authorize: Authorize;
  readonly settings: LiveSettings;
  readonly quotas: Quotas;
  readonly presigned: PresignedDownloads;
  /** The clock, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly pages: ListingPages;
  readonly thumbnails: Thumbnails;
  readonly images: ImageReadings;
  readonly sessions: UploadSessions;
}
