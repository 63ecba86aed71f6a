import type { BlobStore } from "../blobs/index.ts";
import type { Database } from "../db/index.ts";
import type { Clock, Log } from "../platform/index.ts";

/** What the room works with. */
export interface KeepingParts {
  readonly db: Database;
  readonly blobs: BlobStore;
  /** Clears away what writers that died left in the store's own places, and tells how many things it removed. */
  readonly clearStore: () => Promise<number>;
  readonly clock: Clock;
  readonly log: Log;
  /** How long jobs that have ended are kept, in days; 0 for ever. */
  readonly jobRetentionDays: number;
}
