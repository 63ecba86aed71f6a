import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { images, type Queryable } from "../../db/index.ts";

/**
 * Gives images that are there already what another import of theirs asked for: its tags besides their own, and its
 * collection where they are in none, since an image is in one collection and is never moved by an import. The rows are locked in the
 * order of their ids.
 */
export async function welcomeAgain(
  tx: Queryable,
  wanted: {
    readonly tenantId: string;
    readonly imageIds: readonly string[];
    readonly tags: readonly string[];
    readonly collectionId: string | null;
  },
): Promise<void> {
  const { tenantId, tags, collectionId } = wanted;
  if (wanted.imageIds.length === 0 || (tags.length === 0 && collectionId === null)) return;
  const chosen = and(eq(images.tenantId, tenantId), inArray(images.id, [...new Set(wanted.imageIds)]));
  await tx.select({ id: images.id }).from(images).where(chosen).orderBy(asc(images.id)).for("update");
  const asked = sql`${sql.param([...tags])}::text[]`;
  await tx
    .update(images)
    .set({
      tags: sql`${images.tags} || array(select tag from unnest(${asked}) as asked (tag) where tag <> all(${images.tags}))`,
      collectionId: sql`coalesce(${images.collectionId}, ${collectionId})`,
    })
    .where(chosen);
}
