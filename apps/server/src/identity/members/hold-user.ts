import { and, eq } from "drizzle-orm";
import { type Transaction, users } from "../../db/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { UserRef } from "./member.ts";

/**
 * Holds a user's row while something is hung on them: who is removed at the same time waits for it, and takes it along.
 * @throws {DrivewayError} `unauthenticated` when they were removed since they were authenticated
 */
export async function holdUser(tx: Transaction, { tenantId, userId }: UserRef): Promise<void> {
  const found = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.tenantId, tenantId), eq(users.id, userId)))
    .for("key share");
  if (found.length === 0)
    throw new DrivewayError("unauthenticated", "This user is no longer a member of the workspace.");
}
