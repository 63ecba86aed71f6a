import type { BlobStore } from "../blobs/index.ts";
import { createDiskBlobStore } from "../blobs/index.ts";
import { checkConsistency, type Finding } from "../keeping/index.ts";
import { openDatabase } from "./open-database.ts";
import type { TestDatabase } from "./test-database.ts";

/**
 * Everything that does not fit together in a test's database and blob folder when nothing is under way: counters, blobs with
 * their content, orphans however young. Expect it to be empty.
 */
export async function findInconsistencies(world: {
  readonly database: Pick<TestDatabase, "connectionString">;
  readonly blobDirectory: string;
}): Promise<readonly Finding[]> {
  const opened = openDatabase(world.database);
  const blobs: BlobStore = createDiskBlobStore({ directory: world.blobDirectory });
  const found: Finding[] = [];
  try {
    const parts = { db: opened.guarded, blobs, signal: new AbortController().signal };
    const options = { now: Date.now() + 1000, graceMs: 0, verify: true };
    for await (const one of checkConsistency(parts, options)) found.push(one);
    return found;
  } finally {
    await opened.close();
  }
}
