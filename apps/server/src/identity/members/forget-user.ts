import { and, eq } from "drizzle-orm";
import { authUsers, type Transaction, users } from "../../db/index.ts";
import type { UserRef } from "./member.ts";

/**
 * Locks a user's row against everything that would hang something on it: a connection, a key, an attempt, a job.
 * @returns false when there is no such user
 */
export async function lockUser(tx: Transaction, user: UserRef): Promise<boolean> {
  const rows = await tx.select({ id: users.id }).from(users).where(isUser(user)).for("update");
  return rows.length > 0;
}

/**
 * Removes a user with their console account and its sessions, their keys, attempts and invitations, which go by their
 * foreign keys. Connections must be gone before, or their grants would not be revoked.
 */
export async function forgetUser(tx: Transaction, user: UserRef): Promise<void> {
  const [gone] = await tx.delete(users).where(isUser(user)).returning({ authUserId: users.authUserId });
  if (gone?.authUserId == null) return;
  await tx.delete(authUsers).where(eq(authUsers.id, gone.authUserId));
}

function isUser(user: UserRef) {
  return and(eq(users.tenantId, user.tenantId), eq(users.id, user.userId));
}
