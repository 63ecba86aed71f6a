import type { Dirent } from "node:fs";
import { readdir, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./storage-fault.ts";

/** A folder that a writer has just made is not taken from under it. */
const YOUNGEST_MS = 60 * 60 * 1000;

/**
 * Removes folders below `directory` that have been empty for a while: those of workspaces and times whose images are gone.
 * @returns how many were removed
 */
export async function sweepFolders(directory: string): Promise<number> {
  let removed = 0;
  for (const entry of await entriesOf(directory)) {
    if (!entry.isDirectory()) continue;
    const path = join(directory, entry.name);
    removed += await sweepFolders(path);
    if (await removeIfEmpty(path)) removed += 1;
  }
  return removed;
}

async function removeIfEmpty(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).mtimeMs > Date.now() - YOUNGEST_MS) return false;
    await rmdir(path);
    return true;
  } catch (error) {
    if (isMissing(error) || isInUse(error)) return false;
    throw error;
  }
}

/** POSIX leaves it open which of the two says that a folder is not empty. */
function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
