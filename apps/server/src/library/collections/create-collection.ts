import { collections, type Queryable } from "../../db/index.ts";
import { newId } from "../../platform/index.ts";
import type { Collection } from "./collection.ts";

export interface NewCollection {
  readonly tenantId: string;
  /** The user who makes it, by id. */
  readonly createdBy: string;
  readonly name: string;
}

/** Makes an empty collection. Names need not differ. */
export async function createCollection(db: Queryable, params: NewCollection): Promise<Collection> {
  const { tenantId, createdBy, name } = params;
  const [row] = await db
    .insert(collections)
    .values({ id: newId("col"), tenantId, createdBy, name })
    .returning({ id: collections.id, createdAt: collections.createdAt });
  if (row === undefined) throw new Error("the inserted collection did not come back");
  return { ...row, tenantId, name, imageCount: 0 };
}
