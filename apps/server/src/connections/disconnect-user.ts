import { and, asc, eq } from "drizzle-orm";
import { connections, type Transaction } from "../db/index.ts";
import type { Principal, UserRef } from "../identity/index.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import { queueRevocationOf } from "./disconnect.ts";
import { recordRemoval } from "./record-removal.ts";
import { lockAccount } from "./save-connection.ts";

/** A user's connections whose accounts are locked until the transaction ends. */
export type LockedConnections = ReadonlySet<string>;

/**
 * Locks the accounts of a user's connections, in a fixed order. Call it before the user's row is locked: whoever saves a
 * connection takes the two in this order.
 */
export async function lockConnectionsOf(tx: Transaction, user: UserRef): Promise<LockedConnections> {
  const rows = await tx
    .select()
    .from(connections)
    .where(isOf(user))
    .orderBy(asc(connections.oauthClientId), asc(connections.provider), asc(connections.providerUserId));
  for (const row of rows) await lockAccount(tx, row);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Removes all connections of a user whose row is locked: tokens and picker sessions are gone with the commit, and the
 * queue revokes the grants. Their jobs are the caller's to cancel.
 * @param wanted.locked what {@link lockConnectionsOf} returned in this transaction
 * @returns false when one came between the two locks: nothing was removed, begin again
 */
export async function disconnectUser(
  tx: Transaction,
  parts: ConnectionParts,
  wanted: {
    readonly user: UserRef;
    readonly locked: LockedConnections;
    readonly actor: Principal | "system";
  },
): Promise<boolean> {
  const { user, locked, actor } = wanted;
  const held = await tx.select({ id: connections.id }).from(connections).where(isOf(user));
  if (held.some(({ id }) => !locked.has(id))) return false;
  const removed = await tx.delete(connections).where(isOf(user)).returning();
  for (const row of removed) {
    await recordRemoval(tx, parts, row, actor);
    await queueRevocationOf(tx, parts, row, 0);
  }
  return true;
}

function isOf(user: UserRef) {
  return and(eq(connections.tenantId, user.tenantId), eq(connections.userId, user.userId));
}
