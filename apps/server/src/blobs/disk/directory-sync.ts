import { open } from "node:fs/promises";

/** Makes the names in a folder durable: a renamed file survives a power cut once its folder has been synced. */
export type DirectorySync = (directory: string) => Promise<void>;

/**
 * Syncs folders, many callers at the cost of one: whoever asks while a sync of the folder runs gets the next one, which
 * begins after it and so covers what they did before they asked.
 */
export function createDirectorySync(): DirectorySync {
  const running = new Map<string, { current: Promise<void>; next: Promise<void> | null }>();

  async function start(directory: string): Promise<void> {
    const entry = { current: syncDirectory(directory), next: null };
    running.set(directory, entry);
    try {
      await entry.current;
    } finally {
      if (running.get(directory) === entry && entry.next === null) running.delete(directory);
    }
  }

  return function sync(directory) {
    const entry = running.get(directory);
    if (entry === undefined) return start(directory);
    entry.next ??= entry.current.then(
      () => start(directory),
      () => start(directory),
    );
    return entry.next;
  };
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows does not open folders, and orders the changes to their names by itself.
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
