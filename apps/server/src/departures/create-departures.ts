import type { DepartureParts } from "./departure-parts.ts";
import { deleteWorkspace } from "./delete-workspace.ts";
import { eraseUser } from "./erase-user.ts";
import { eraseWorkspace } from "./erase-workspace.ts";
import { removeMember } from "./remove-member.ts";

const CONCURRENCY = 2;

/** Who leaves, and what goes with them. */
export interface Departures {
  /** See {@link removeMember}. */
  removeMember(wanted: Parameters<typeof removeMember>[1]): Promise<void>;
  /** See {@link deleteWorkspace}. */
  deleteWorkspace(wanted: Parameters<typeof deleteWorkspace>[1]): Promise<void>;
  /** Begins to clear away what those who are gone left; ends when the queue stops. */
  startWorker(): void;
}

/** Puts the departures together. */
export function createDepartures(parts: DepartureParts): Departures {
  const { queue } = parts;
  return {
    removeMember: (wanted) => removeMember(parts, wanted),
    deleteWorkspace: (wanted) => deleteWorkspace(parts, wanted),
    startWorker() {
      queue.work("erase-user", { concurrency: CONCURRENCY }, (message, { signal }) =>
        eraseUser(parts, message, signal),
      );
      queue.work("erase-workspace", { concurrency: CONCURRENCY }, (message, { signal }) =>
        eraseWorkspace(parts, message, signal),
      );
    },
  };
}
