import { mkdtempSync, rmSync } from "node:fs";
import { atProcessEnd } from "./at-process-end.ts";

/** A directory that is gone with the process, unless it is removed before. */
export interface TemporaryDirectory {
  readonly path: string;
  remove(): void;
}

/** A process that was killed just now may still have made a file. */
const PATIENCE = { maxRetries: 10, retryDelay: 20 };

/** Makes a directory whose path begins with a prefix. Throws the system's error. */
export function makeTemporaryDirectory(prefix: string): TemporaryDirectory {
  const path = mkdtempSync(prefix);
  const remove = () => rmSync(path, { recursive: true, force: true, ...PATIENCE });
  const forget = atProcessEnd(remove);
  return {
    path,
    remove: () => {
      forget();
      remove();
    },
  };
}
