import { and, asc, gt, sql } from "drizzle-orm";
import { acrossTenants, tenants } from "../../db/index.ts";
import { type CheckParts, type Finding, finding } from "./finding.ts";

const TENANTS_PER_LOOK = 500;

/** What a workspace is counted to store is the sum of its images. */
export async function* checkUsage({ db, signal }: CheckParts): AsyncGenerator<Finding> {
  for (let after = ""; ; ) {
    const batch = await db
      .select({ id: tenants.id })
      .from(tenants)
      .where(and(acrossTenants("leftovers"), gt(tenants.id, after)))
      .orderBy(asc(tenants.id))
      .limit(TENANTS_PER_LOOK);
    for (const { id } of batch) {
      signal.throwIfAborted();
      const { rows } = await db.execute<{ counted: number; actual: number }>(sql`
        select coalesce((select stored_bytes from tenant_usage where tenant_id = ${id}), 0)::bigint as counted,
          (select coalesce(sum(size_bytes), 0)::bigint from images where tenant_id = ${id}) as actual`);
      const { counted = 0, actual = 0 } = rows[0] ?? {};
      if (counted === actual) continue;
      yield finding(
        "usage_wrong",
        id,
        `It is counted to store ${counted} bytes, and its images have ${actual}.`,
      );
    }
    const last = batch.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
