import { randomUUID } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { connections, pendingRevocations, providerAccounts, type Transaction } from "../db/index.ts";
import type { ProviderIdentity, ProviderTokens } from "../drives/index.ts";
import { holdUser } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import type { AttemptRow } from "./attempt.ts";
import { type Connection, type ConnectionRow, toConnection } from "./connection.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import { sealTokens } from "./sealed-tokens.ts";

interface Grant {
  readonly attempt: AttemptRow;
  readonly identity: ProviderIdentity;
  readonly tokens: ProviderTokens;
}

/** An account at a provider, as one OAuth client sees it. */
export interface ProviderAccount {
  readonly oauthClientId: string;
  readonly provider: string;
  readonly providerUserId: string;
}

/**
 * Inserts the connection, or renews the one that this user has for the account. A grant without a refresh token keeps
 * the one that is held. A revocation of the account that is still waiting is dropped: it would end the new grant.
 * @throws {DrivewayError} `unauthenticated` when the user was removed meanwhile, `account_being_disconnected`
 */
export async function saveConnection(
  tx: Transaction,
  parts: Pick<ConnectionParts, "keyring" | "clock">,
  grant: Grant,
): Promise<{ connection: Connection; isNew: boolean }> {
  const { attempt, identity } = grant;
  const { tenantId, userId, provider, oauthClientId } = attempt;
  const account = { oauthClientId, provider, providerUserId: identity.userId };
  await lockAccount(tx, account);
  await holdUser(tx, { tenantId, userId });
  await dropRevocations(tx, account);
  const [held] = await tx
    .select()
    .from(connections)
    .where(
      and(
        eq(connections.tenantId, tenantId),
        eq(connections.userId, userId),
        eq(connections.provider, provider),
        eq(connections.providerUserId, identity.userId),
      ),
    )
    .for("update");
  const row = held === undefined ? await insert(tx, parts, grant) : await renew(tx, parts, grant, held);
  return { connection: toConnection(row), isNew: held === undefined };
}

/** One that the provider is being asked for cannot be dropped: it may end the new grant as well. */
async function dropRevocations(tx: Transaction, account: ProviderAccount): Promise<void> {
  const dropped = await tx
    .delete(pendingRevocations)
    .where(
      and(
        eq(pendingRevocations.oauthClientId, account.oauthClientId),
        eq(pendingRevocations.provider, account.provider),
        eq(pendingRevocations.providerUserId, account.providerUserId),
      ),
    )
    .returning({ isAsked: sql<boolean>`coalesce(${pendingRevocations.askingUntil} > now(), false)` });
  if (!dropped.some(({ isAsked }) => isAsked)) return;
  throw new DrivewayError(
    "account_being_disconnected",
    "This account is just being disconnected, so nothing was connected. Please connect it again in a moment.",
  );
}

/** Locks the account to the transaction's end: connections of it come and go one after the other. */
export async function lockAccount(tx: Transaction, account: ProviderAccount): Promise<void> {
  const { oauthClientId, provider, providerUserId } = account;
  await tx
    .insert(providerAccounts)
    .values({ oauthClientId, provider, providerUserId })
    .onConflictDoUpdate({
      target: [providerAccounts.oauthClientId, providerAccounts.provider, providerAccounts.providerUserId],
      set: { providerUserId },
    });
}

async function insert(
  tx: Transaction,
  parts: Pick<ConnectionParts, "keyring" | "clock">,
  { attempt, identity, tokens }: Grant,
): Promise<ConnectionRow> {
  const { tenantId, userId, provider, oauthClientId } = attempt;
  const id = randomUUID();
  const now = new Date(parts.clock.now());
  const [row] = await tx
    .insert(connections)
    .values({
      id,
      tenantId,
      userId,
      provider,
      oauthClientId,
      ...profileOf(identity),
      providerUserId: identity.userId,
      status: "active",
      ...sealTokens(parts.keyring, { tenantId, connectionId: id }, tokens),
      createdAt: now,
      updatedAt: now,
    })
    .returning();
  return present(row);
}

async function renew(
  tx: Transaction,
  parts: Pick<ConnectionParts, "keyring" | "clock">,
  { attempt, identity, tokens }: Grant,
  held: ConnectionRow,
): Promise<ConnectionRow> {
  const { tenantId, oauthClientId } = attempt;
  // A refresh token belongs to the client that it was issued to (RFC 6749 section 6).
  const foreign =
    held.oauthClientId === oauthClientId ? {} : { refreshTokenSealed: null, refreshTokenExpiresAt: null };
  const [row] = await tx
    .update(connections)
    .set({
      ...foreign,
      ...sealTokens(parts.keyring, { tenantId, connectionId: held.id }, tokens),
      ...profileOf(identity),
      oauthClientId,
      status: "active",
      needsReauthReason: null,
      tokenVersion: sql`${connections.tokenVersion} + 1`,
      refreshingUntil: null,
      updatedAt: new Date(parts.clock.now()),
    })
    .where(and(eq(connections.tenantId, tenantId), eq(connections.id, held.id)))
    .returning();
  return present(row);
}

/** What people change at the provider; PostgreSQL cannot hold U+0000. */
function profileOf(identity: ProviderIdentity) {
  return {
    providerEmail: identity.email.replaceAll("\0", ""),
    providerDisplayName: identity.displayName.replaceAll("\0", ""),
  };
}

function present(row: ConnectionRow | undefined): ConnectionRow {
  if (row === undefined) throw new Error("the connection was not written");
  return row;
}
