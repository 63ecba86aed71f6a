import type { Connections } from "../connections/index.ts";
import type { Database } from "../db/index.ts";
import type { Library } from "../library/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import type { Queue } from "../queue/index.ts";
import type { Transfers } from "../transfers/index.ts";

/** What the room works with. */
export interface DepartureParts {
  readonly db: Database;
  readonly queue: Queue;
  readonly connections: Pick<Connections, "lockConnectionsOf" | "disconnectUser">;
  readonly transfers: Pick<Transfers, "cancelJobsOf" | "eraseJobs">;
  readonly library: Pick<Library, "deleteImages">;
  readonly clock: Clock;
  readonly log: Log;
}

/** When to look again whether the workers have let go of what is to be deleted. */
export const LOOK_AGAIN_SECONDS = 2;
