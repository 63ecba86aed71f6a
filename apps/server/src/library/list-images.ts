import { and, count, desc, eq } from "drizzle-orm";
import { type Database, images } from "../db/index.ts";
import { type Image, toImage } from "./image.ts";

export interface ListImagesParams {
  readonly tenantId: string;
  readonly limit: number;
  readonly offset: number;
  /** Only the images of this collection; null for all. */
  readonly collectionId: string | null;
}

export interface ImagePage {
  readonly images: readonly Image[];
  /** Of the whole list, not of this page. */
  readonly totalCount: number;
}

/** A page of a tenant's images, newest first. Images of the same moment are ordered by id, so that pages do not overlap. */
export async function listImages(db: Database, params: ListImagesParams): Promise<ImagePage> {
  const { tenantId, collectionId } = params;
  const within = and(
    eq(images.tenantId, tenantId),
    collectionId === null ? undefined : eq(images.collectionId, collectionId),
  );
  const [rows, [total]] = await Promise.all([
    db
      .select()
      .from(images)
      .where(within)
      .orderBy(desc(images.createdAt), desc(images.id))
      .limit(params.limit)
      .offset(params.offset),
    db.select({ count: count() }).from(images).where(within),
  ]);
  return { images: rows.map(toImage), totalCount: total?.count ?? 0 };
}
