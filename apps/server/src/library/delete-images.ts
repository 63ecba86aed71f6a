import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { BlobStore } from "../blobs/index.ts";
import { type Database, images } from "../db/index.ts";

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
    const ids = batch.map(({ id }) => id);
    await parts.db.delete(images).where(and(eq(images.tenantId, tenantId), inArray(images.id, ids)));
    after = last.id;
  }
}
