import { eq, sql } from "drizzle-orm";
import { type Queryable, tenantUsage, type Transaction } from "../../db/index.ts";

/** Books bytes that a tenant's images take, in the transaction that adds or deletes them. */
export async function addStoredBytes(tx: Queryable, tenantId: string, bytes: number): Promise<void> {
  if (bytes === 0) return;
  await tx.execute(sql`
    insert into tenant_usage (tenant_id, stored_bytes) values (${tenantId}, ${bytes})
    on conflict (tenant_id) do update set stored_bytes = tenant_usage.stored_bytes + excluded.stored_bytes`);
}

/** The bytes that a tenant's images take. */
export async function readStoredBytes(db: Queryable, tenantId: string): Promise<number> {
  const [row] = await db
    .select({ storedBytes: tenantUsage.storedBytes })
    .from(tenantUsage)
    .where(eq(tenantUsage.tenantId, tenantId));
  return row?.storedBytes ?? 0;
}

/** The same, which nobody else changes before the transaction ends: what fits now fits at the commit. */
export async function lockStoredBytes(tx: Transaction, tenantId: string): Promise<number> {
  await tx.insert(tenantUsage).values({ tenantId }).onConflictDoNothing();
  const [row] = await tx
    .select({ storedBytes: tenantUsage.storedBytes })
    .from(tenantUsage)
    .where(eq(tenantUsage.tenantId, tenantId))
    .for("update");
  return row?.storedBytes ?? 0;
}
