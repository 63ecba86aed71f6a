import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The names of all finished blobs below a data directory's blob folder. */
export async function blobNames(blobDirectory: string): Promise<string[]> {
  const entries = await readdir(join(blobDirectory, "objects"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
