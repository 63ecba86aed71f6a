import { sql } from "drizzle-orm";
import type { Queryable } from "../../db/index.ts";

/**
 * Takes the locks of these contents until the transaction ends, in a fixed order, so that of those who bring the same
 * content into a tenant's library at the same time one is first and the others see its image.
 * @param wanted.sha256s lower hex; repetitions are taken once
 */
export async function lockContent(
  tx: Queryable,
  wanted: { readonly tenantId: string; readonly sha256s: readonly string[] },
): Promise<void> {
  const names = wanted.sha256s.map((sha256) => `content ${sha256} of ${wanted.tenantId}`);
  await tx.execute(sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(name, 0) as key
      from unnest(${sql.param(names)}::text[]) as content (name) order by key
    ) as ordered`);
}
