import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./storage-fault.ts";
import { writerIsGone } from "./staging-name.ts";

const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * Removes what crashed writers left in the staging folder: files whose process has ended, and any older than a day.
 * @returns how many were removed
 */
export async function sweepStaging(directory: string): Promise<number> {
  let removed = 0;
  for (const name of await namesIn(directory)) {
    const path = join(directory, name);
    const modifiedAtMs = await modifiedAt(path);
    if (modifiedAtMs === null) continue;
    if (!writerIsGone(name, modifiedAtMs) && modifiedAtMs > Date.now() - LEFTOVER_AGE_MS) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Null when its writer took it away meanwhile. */
async function modifiedAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
