import { and, desc, eq, inArray, isNull, lt, type SQL } from "drizzle-orm";
import { acrossTenants, oauthAttempts, spentCodes, type Transaction, users } from "../db/index.ts";
import type { ConnectionParts } from "./connection-parts.ts";

/** Outcomes can be asked for this long after the attempt's end; then the row goes. */
const KEPT_MS = 24 * 60 * 60 * 1000;
const MOST_OPEN = 100;
/** Those that ended or ran out included. */
const MOST_KEPT = 1000;

/**
 * Makes room for one more attempt of a user, so that nobody fills the table: the oldest that are open give way beyond a
 * hundred, the oldest at all beyond a thousand, and everything goes after a day.
 */
export async function dropOldAttempts(
  tx: Transaction,
  parts: Pick<ConnectionParts, "clock">,
  owner: { readonly tenantId: string; readonly userId: string },
): Promise<void> {
  const oldest = new Date(parts.clock.now() - KEPT_MS);
  await tx
    .delete(oauthAttempts)
    .where(and(acrossTenants("expiredRows"), lt(oauthAttempts.expiresAt, oldest)));
  await tx.delete(spentCodes).where(lt(spentCodes.spentAt, oldest));
  // Attempts of one user begin one after the other, so that many at once are counted too.
  await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.tenantId, owner.tenantId), eq(users.id, owner.userId)))
    .for("no key update");
  await dropBeyond(tx, owner, MOST_OPEN, isNull(oauthAttempts.consumedAt));
  await dropBeyond(tx, owner, MOST_KEPT);
}

/** Leaves room for one below the limit. */
async function dropBeyond(
  tx: Transaction,
  owner: { readonly tenantId: string; readonly userId: string },
  limit: number,
  which?: SQL,
): Promise<void> {
  const isOwn = and(eq(oauthAttempts.tenantId, owner.tenantId), eq(oauthAttempts.userId, owner.userId));
  const surplus = tx
    .select({ id: oauthAttempts.id })
    .from(oauthAttempts)
    .where(and(isOwn, which))
    .orderBy(desc(oauthAttempts.createdAt), desc(oauthAttempts.id))
    .offset(limit - 1);
  await tx.delete(oauthAttempts).where(and(isOwn, inArray(oauthAttempts.id, surplus)));
}
