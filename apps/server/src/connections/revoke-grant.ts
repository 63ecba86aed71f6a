import { and, eq, lt, type SQL, sql } from "drizzle-orm";
import {
  acrossTenants,
  connections,
  pendingRevocations,
  providerAccounts,
  type Queryable,
  type Transaction,
} from "../db/index.ts";
import type { SealedPlace } from "../platform/index.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import { lockAccount, type ProviderAccount } from "./save-connection.ts";

const KEPT_MS = 24 * 60 * 60 * 1000;
const TRY_MS = 20_000;
const CONCURRENCY = 4;
/** Longer than a try can take. Nobody connects the account meanwhile. */
const ASKING_SECONDS = 30;

type PendingRevocation = typeof pendingRevocations.$inferSelect;

/** Where the token of a revocation rests. It belongs to no tenant any more. */
export function revocationPlace(revocationId: string): SealedPlace {
  return { table: "pending_revocations", column: "token_sealed", tenantId: "", rowId: revocationId };
}

/** Whether any connection, in whatever tenant, holds the account. */
export async function accountIsConnected(db: Queryable, account: ProviderAccount): Promise<boolean> {
  const [other] = await db
    .select({ id: connections.id })
    .from(connections)
    .where(
      and(
        acrossTenants("accountsGrant"),
        eq(connections.oauthClientId, account.oauthClientId),
        eq(connections.provider, account.provider),
        eq(connections.providerUserId, account.providerUserId),
      ),
    )
    .limit(1);
  return other !== undefined;
}

/** Takes up the revocations that a provider did not confirm within the request. */
export function startRevocations(parts: ConnectionParts): void {
  parts.queue.work("revoke-grant", { concurrency: CONCURRENCY }, async ({ revocationId }, { signal }) => {
    const oldest = new Date(parts.clock.now() - KEPT_MS);
    const destroyed = await parts.db
      .delete(pendingRevocations)
      .where(lt(pendingRevocations.createdAt, oldest))
      .returning();
    for (const grant of destroyed) {
      parts.log.error({ revocationId: grant.id }, "a grant was never revoked");
      await forgetAccount(parts.db, grant);
    }
    await revokeGrant(parts, {
      revocationId,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_MS)]),
    });
  });
}

/**
 * Revokes a grant at the provider and destroys the token. Nothing happens when that was done before, or when the
 * account was connected anew, whose grant this would end.
 * @throws {DriveError} when the provider does not confirm; an abort throws its reason
 */
export async function revokeGrant(
  parts: ConnectionParts,
  wanted: { readonly revocationId: string; readonly signal: AbortSignal },
): Promise<void> {
  const { revocationId, signal } = wanted;
  const grant = await parts.db.transaction((tx) => takeUp(tx, revocationId));
  if (grant === null) return;
  try {
    await askProvider(parts, grant, signal);
  } catch (error) {
    // What was broken off may still be at the provider; what it refused is over.
    if (!signal.aborted) await markAsked(parts.db, revocationId, null);
    throw error;
  }
  await parts.db.delete(pendingRevocations).where(eq(pendingRevocations.id, revocationId));
  await forgetAccount(parts.db, grant);
}

async function askProvider(
  parts: ConnectionParts,
  grant: PendingRevocation,
  signal: AbortSignal,
): Promise<void> {
  const oauth = parts.providers.get(grant.provider)?.oauth;
  if (oauth?.clientId !== grant.oauthClientId) return;
  await oauth.revoke(parts.keyring.open(grant.tokenSealed, revocationPlace(grant.id)), signal);
}

async function markAsked(db: Queryable, revocationId: string, askingUntil: SQL | null): Promise<void> {
  await db.update(pendingRevocations).set({ askingUntil }).where(eq(pendingRevocations.id, revocationId));
}

/**
 * Removes what locks an account that nobody has connected any more, and with it the last that names it. Whoever waits for
 * the lock makes it anew, so it does no harm when the account is connected at the same moment.
 */
export async function forgetAccount(db: Queryable, account: ProviderAccount): Promise<void> {
  if (await accountIsConnected(db, account)) return;
  await db
    .delete(providerAccounts)
    .where(
      and(
        eq(providerAccounts.oauthClientId, account.oauthClientId),
        eq(providerAccounts.provider, account.provider),
        eq(providerAccounts.providerUserId, account.providerUserId),
      ),
    );
}

async function takeUp(tx: Transaction, revocationId: string): Promise<PendingRevocation | null> {
  const grant = await tx.query.pendingRevocations.findFirst({
    where: eq(pendingRevocations.id, revocationId),
  });
  if (grant === undefined) return null;
  await lockAccount(tx, grant);
  if (!(await accountIsConnected(tx, grant))) {
    await markAsked(tx, revocationId, sql`now() + make_interval(secs => ${ASKING_SECONDS})`);
    return grant;
  }
  await tx.delete(pendingRevocations).where(eq(pendingRevocations.id, revocationId));
  return null;
}
