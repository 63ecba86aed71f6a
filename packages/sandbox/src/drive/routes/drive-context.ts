import type { Authorize } from "../../authorize.ts";
import type { LiveSettings } from "../../settings/index.ts";
import type { ListingPages } from "../listing/listing-pages.ts";
import type { DriveStore } from "../store/drive-store.ts";
import type { Thumbnails } from "../thumbnails.ts";
import type { UploadSessions } from "../uploads/upload-sessions.ts";

/** What the routes of Drive have in common. */
export interface DriveContext {
  readonly store: DriveStore;
  readonly authorize: Authorize;
  readonly settings: LiveSettings;
  /** The clock, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly pages: ListingPages;
  readonly thumbnails: Thumbnails;
  readonly sessions: UploadSessions;
}
