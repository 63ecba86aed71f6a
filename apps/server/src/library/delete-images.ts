import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { BlobStore } from "../blobs/index.ts";
import { type Database, images } from "../db/index.ts";
import { addStoredBytes } from "./usage/usage.ts";

const IMAGES_PER_STATEMENT = 100;

/**
 * Deletes the images of a tenant, or those that one user brought into it, with their blobs. A batch's blobs go before
 * its rows, so that a repetition after a crash finds what is left by its rows.
 * @param wanted.createdBy null for all images of the tenant
 */
export async function deleteImages(
  parts: { readonly db: Database; readonly blobs: BlobStore },
  wanted: { readonly tenantId: string; readonly createdBy: string | null; readonly signal: AbortSignal },
): Promise<void> {
  const { tenantId, createdBy, signal } = wanted;
  for (let after = ""; ; ) {
    signal.throwIfAborted();
    const batch = await parts.db
      .select({ id: images.id, blobKey: images.blobKey })
      .from(images)
      .where(
        and(
          eq(images.tenantId, tenantId),
          createdBy === null ? undefined : eq(images.createdBy, createdBy),
          gt(images.id, after),
        ),
      )
      .orderBy(asc(images.id))
      .limit(IMAGES_PER_STATEMENT);
    const last = batch.at(-1);
    if (last === undefined) return;
    await Promise.all(batch.map(({ blobKey }) => parts.blobs.remove(blobKey)));
    await deleteRows(parts.db, { tenantId, ids: batch.map(({ id }) => id) });
    after = last.id;
  }
}

async function deleteRows(
  db: Database,
  { tenantId, ids }: { readonly tenantId: string; readonly ids: readonly string[] },
): Promise<void> {
  await db.transaction(async (tx) => {
    const gone = await tx
      .delete(images)
      .where(and(eq(images.tenantId, tenantId), inArray(images.id, [...ids])))
      .returning({ sizeBytes: images.sizeBytes });
    const bytes = gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    await addStoredBytes(tx, tenantId, -bytes);
  });
}
