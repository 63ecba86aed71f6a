import { and, eq } from "drizzle-orm";
import { connections } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import { type Connection, type ConnectionRow, toConnection } from "./connection.ts";
import type { ConnectionParts, ConnectionRef } from "./connection-parts.ts";

/** The row of a connection, or null. */
export async function findRow(
  parts: Pick<ConnectionParts, "db">,
  connection: ConnectionRef,
): Promise<ConnectionRow | null> {
  const row = await parts.db.query.connections.findFirst({
    where: and(eq(connections.tenantId, connection.tenantId), eq(connections.id, connection.connectionId)),
  });
  return row ?? null;
}

/** The error for a connection that is not there, or not in this tenant. */
export function connectionNotFound(): DrivewayError {
  return new DrivewayError("connection_not_found", "There is no such connection.");
}

/**
 * A connection that the principal may use: their own, and with a grant that is good.
 * @throws {DrivewayError} `connection_not_found`, `forbidden` for a colleague's, `REAUTH_REQUIRED`
 */
export async function getOwnConnection(
  parts: Pick<ConnectionParts, "db">,
  wanted: { readonly principal: Principal; readonly id: string },
): Promise<Connection> {
  const { tenantId, userId } = wanted.principal;
  const row = await findRow(parts, { tenantId, connectionId: wanted.id });
  if (row === null) throw connectionNotFound();
  if (row.userId !== userId) {
    throw new DrivewayError("forbidden", "This connection belongs to somebody else in the workspace.");
  }
  const connection = toConnection(row);
  if (connection.needsReauthReason !== null) throw reauthRequired(connection.needsReauthReason);
  return connection;
}

/** The error for a connection whose grant is dead. */
export function reauthRequired(reason: string): DrivewayError {
  return new DrivewayError("REAUTH_REQUIRED", "The account must be connected again.", {
    details: { reason },
  });
}
