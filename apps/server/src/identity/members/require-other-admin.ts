import { and, eq, ne } from "drizzle-orm";
import { tenants, type Transaction, users } from "../../db/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import { getMember } from "./find-members.ts";
import type { Member, UserRef } from "./member.ts";

/**
 * Locks who may do what in a workspace until the transaction ends: of two changes that would leave it without an admin,
 * the second sees what the first has done. Members may come meanwhile; the lock is not in the way of their rows.
 */
export async function lockRoles(tx: Transaction, tenantId: string): Promise<void> {
  await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, tenantId)).for("no key update");
}

/**
 * The member, with the roles of the workspace locked, if somebody else is an admin without them.
 * @throws {DrivewayError} `member_not_found`, `last_admin`
 */
export async function requireOtherAdmin(tx: Transaction, user: UserRef): Promise<Member> {
  const member = await getMember(tx, user);
  if (member.role !== "admin") return member;
  const [other] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.tenantId, user.tenantId), eq(users.role, "admin"), ne(users.id, user.userId)))
    .limit(1);
  if (other !== undefined) return member;
  throw new DrivewayError(
    "last_admin",
    "This is the last admin of the workspace. Make somebody else one first.",
  );
}
