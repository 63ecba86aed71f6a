import { and, desc, eq, lt, sql } from "drizzle-orm";
import { collections, type Queryable } from "../../db/index.ts";
import type { Collection } from "./collection.ts";

export interface ListCollectionsParams {
  readonly tenantId: string;
  readonly limit: number;
  /** The last id of the page before; null for the first page. */
  readonly cursor: string | null;
}

export interface CollectionPage {
  readonly collections: readonly Collection[];
  /** Where the next page begins; null when there is none. */
  readonly nextCursor: string | null;
}

/** A page of a tenant's collections with the number of their images, newest first by id. */
export async function listCollections(db: Queryable, params: ListCollectionsParams): Promise<CollectionPage> {
  const { tenantId, limit, cursor } = params;
  const before = cursor === null ? undefined : lt(collections.id, cursor);
  const rows = await db
    .select(columns())
    .from(collections)
    .where(and(eq(collections.tenantId, tenantId), before))
    .orderBy(desc(collections.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  return { collections: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

/** One collection of a tenant, or null. */
export async function getCollection(
  db: Queryable,
  params: { readonly tenantId: string; readonly id: string },
): Promise<Collection | null> {
  const [row] = await db
    .select(columns())
    .from(collections)
    .where(and(eq(collections.tenantId, params.tenantId), eq(collections.id, params.id)));
  return row ?? null;
}

/** Whether a tenant has this collection. */
export async function collectionExists(
  db: Queryable,
  params: { readonly tenantId: string; readonly id: string },
): Promise<boolean> {
  const rows = await db
    .select({ id: collections.id })
    .from(collections)
    .where(and(eq(collections.tenantId, params.tenantId), eq(collections.id, params.id)));
  return rows.length > 0;
}

function columns() {
  const { id, tenantId, name, createdAt } = collections;
  // Written out in full: within a single-table select Drizzle leaves table names away, and the condition would hold always.
  const imageCount = sql<number>`(select count(*) from images
    where images.tenant_id = collections.tenant_id and images.collection_id = collections.id)`;
  return { id, tenantId, name, createdAt, imageCount };
}
