import { and, eq } from "drizzle-orm";
import { connections, type Transaction } from "../db/index.ts";
import { allows, type Principal } from "../identity/index.ts";
import { DrivewayError, UnsealError } from "../platform/index.ts";
import type { ConnectionRow } from "./connection.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import { connectionNotFound, findRow } from "./find-connection.ts";
import { QUEUE_LOOKS_AFTER_SECONDS, queueRevocation } from "./queue-revocation.ts";
import { recordRemoval } from "./record-removal.ts";
import { accountIsConnected, forgetAccount, revokeGrant } from "./revoke-grant.ts";
import { lockAccount } from "./save-connection.ts";
import { tokenPlace } from "./sealed-tokens.ts";

const REVOKE_WITHIN_MS = 5_000;

/**
 * What became of the grant: `revoked` at the provider · `queued` until the provider answers, a day at most · `kept`
 * because another connection shares it, or nothing is held that could be revoked.
 */
export type Revocation = "revoked" | "queued" | "kept";

/**
 * Removes a connection: its tokens and picker sessions are gone at once and its jobs cancelled, in one transaction. The
 * grant is revoked at the provider within five seconds, or by the queue.
 * @throws {DrivewayError} `connection_not_found`; `forbidden` for a colleague's, unless the principal is an admin
 */
export async function disconnect(
  parts: ConnectionParts,
  wanted: { readonly principal: Principal; readonly id: string },
): Promise<Revocation> {
  const { tenantId } = wanted.principal;
  const row = await findRow(parts, { tenantId, connectionId: wanted.id });
  if (row === null) throw connectionNotFound();
  requireMayRemove(wanted.principal, row);
  const revocationId = await parts.db.transaction((tx) => remove(tx, parts, row, wanted.principal));
  if (revocationId === null) return "kept";
  try {
    await revokeGrant(parts, { revocationId, signal: AbortSignal.timeout(REVOKE_WITHIN_MS) });
    return "revoked";
  } catch (error) {
    parts.log.warn({ err: error, revocationId }, "a grant could not be revoked now; the queue tries again");
    return "queued";
  }
}

/**
 * Owners remove their own; admins anybody's in the workspace, which they can never use. The scope says who is an admin,
 * whatever the credential: that of a console user never exceeds their role, and users of a host application have none.
 */
function requireMayRemove(principal: Principal, row: ConnectionRow): void {
  if (row.userId === principal.userId || allows(principal, "admin")) return;
  throw new DrivewayError("forbidden", "This connection belongs to somebody else in the workspace.");
}

/** @returns the revocation to be made; null when there is none */
async function remove(
  tx: Transaction,
  parts: ConnectionParts,
  known: ConnectionRow,
  actor: Principal,
): Promise<string | null> {
  const connection = { tenantId: known.tenantId, connectionId: known.id };
  await lockAccount(tx, known);
  const [row] = await tx
    .delete(connections)
    .where(and(eq(connections.tenantId, connection.tenantId), eq(connections.id, connection.connectionId)))
    .returning();
  if (row === undefined) throw connectionNotFound();
  await parts.onDisconnect(tx, connection);
  await recordRemoval(tx, parts, row, actor);
  return queueRevocationOf(tx, parts, row, QUEUE_LOOKS_AFTER_SECONDS);
}

/**
 * Puts the revocation of a removed connection's grant into the queue, if nobody shares the grant. The account is locked
 * by the caller.
 * @returns the revocation; null when there is none to be made
 */
export async function queueRevocationOf(
  tx: Transaction,
  parts: ConnectionParts,
  row: ConnectionRow,
  startAfterSeconds: number,
): Promise<string | null> {
  if (await accountIsConnected(tx, row)) return null;
  const token = openGrant(parts, row);
  if (token !== null) return queueRevocation(tx, parts, { account: row, token, startAfterSeconds });
  await forgetAccount(tx, row);
  return null;
}

/** The token that ends the whole grant: the lasting one first (RFC 7009 section 2.1). */
function openGrant(parts: ConnectionParts, row: ConnectionRow): string | null {
  const connection = { tenantId: row.tenantId, connectionId: row.id };
  try {
    return row.refreshTokenSealed === null
      ? parts.keyring.open(row.accessTokenSealed, tokenPlace(connection, "access_token_sealed"))
      : parts.keyring.open(row.refreshTokenSealed, tokenPlace(connection, "refresh_token_sealed"));
  } catch (error) {
    if (!(error instanceof UnsealError)) throw error;
    parts.log.warn({ err: error, connectionId: row.id }, "the grant cannot be opened and so not be revoked");
    return null;
  }
}
