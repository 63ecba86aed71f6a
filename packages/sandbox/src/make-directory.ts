import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a directory that its owner alone may use, with those above it that are missing; one that is there stays as it is.
 * Node's own recursive way never ends where the system says that there is no such place, as below /proc.
 *
 * @throws Error that names the directory when it is none or cannot be made
 */
export function makeDirectory(path: string): void {
  try {
    for (const missing of missingOf(resolve(path))) makeUnlessThere(missing);
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new Error(`the directory ${path} cannot be made (${reason})`, { cause });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`${path} is no directory`);
  }
}

/** What is not there of a path, from the top down. */
function missingOf(path: string): string[] {
  return existsSync(path) || dirname(path) === path ? [] : [...missingOf(dirname(path)), path];
}

function makeUnlessThere(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
