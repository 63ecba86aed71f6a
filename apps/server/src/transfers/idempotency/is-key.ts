import { and, eq } from "drizzle-orm";
import { idempotencyKeys } from "../../db/index.ts";
import type { KeyOwner, Repeatable } from "./repeatable.ts";

/** The condition that finds the row of one key. */
export function isKey(owner: KeyOwner, { operation, key }: Pick<Repeatable, "operation" | "key">) {
  return and(
    eq(idempotencyKeys.tenantId, owner.tenantId),
    eq(idempotencyKeys.userId, owner.userId),
    eq(idempotencyKeys.operation, operation),
    eq(idempotencyKeys.key, key),
  );
}
