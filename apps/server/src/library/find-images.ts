import { and, eq, sql } from "drizzle-orm";
import { images, type Queryable } from "../db/index.ts";
import { type Image, toImage } from "./image.ts";

/** One image of a tenant, or null. */
export async function getImage(
  db: Queryable,
  params: { readonly tenantId: string; readonly id: string },
): Promise<Image | null> {
  const [row] = await db
    .select()
    .from(images)
    .where(and(eq(images.tenantId, params.tenantId), eq(images.id, params.id)));
  return row === undefined ? null : toImage(row);
}

/** Those of the images that the tenant has, in no particular order. Up to 100,000 ids travel as one parameter. */
export async function findImages(
  db: Queryable,
  params: { readonly tenantId: string; readonly ids: readonly string[] },
): Promise<Image[]> {
  if (params.ids.length === 0) return [];
  const rows = await db
    .select()
    .from(images)
    .where(
      and(
        eq(images.tenantId, params.tenantId),
        sql`${images.id} = any(${sql.param([...params.ids])}::text[])`,
      ),
    );
  return rows.map(toImage);
}
