import type { BlobStore } from "../blobs/index.ts";
import { blobTriesOf } from "../library/index.ts";
import { runConcurrently } from "./run-concurrently.ts";

const REMOVALS_AT_A_TIME = 16;

/**
 * Removes every blob that any try has left for these images. Ids of one job begin alike, so one look at what they have
 * in common finds the blobs of all of them.
 */
export async function removeTries(
  blobs: Pick<BlobStore, "list" | "remove">,
  { tenantId, imageIds }: { readonly tenantId: string; readonly imageIds: readonly string[] },
): Promise<void> {
  const tries = new Set(imageIds.map((imageId) => blobTriesOf({ tenantId, imageId })));
  const found: string[] = [];
  for await (const { key } of blobs.list({ prefix: commonBeginning([...tries]) })) {
    if (tries.has(key.slice(0, key.lastIndexOf("_") + 1))) found.push(key);
  }
  await runConcurrently(found, REMOVALS_AT_A_TIME, (key) => blobs.remove(key));
}

function commonBeginning([first = "", ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}
