import type { ReauthReason } from "@driveway/contract";
import { and, eq } from "drizzle-orm";
import { connections, pickerSessions } from "../db/index.ts";
import { recordEvent } from "../identity/index.ts";
import type { ConnectionParts, ConnectionRef } from "./connection-parts.ts";

/**
 * Marks a grant as dead, unless it was replaced or removed since its token had this version. In the same transaction its
 * picker sessions end, its jobs are stopped and the audit log gets its event.
 * @returns whether it was marked now
 */
export async function markNeedsReauth(
  parts: Pick<ConnectionParts, "db" | "clock" | "log" | "onNeedsReauth">,
  wanted: ConnectionRef & { readonly tokenVersion: number; readonly reason: ReauthReason },
): Promise<boolean> {
  const { tenantId, connectionId, tokenVersion, reason } = wanted;
  const marked = await parts.db.transaction(async (tx) => {
    const [row] = await tx
      .update(connections)
      .set({
        status: "needs_reauth",
        needsReauthReason: reason,
        refreshingUntil: null,
        updatedAt: new Date(parts.clock.now()),
      })
      .where(
        and(
          eq(connections.tenantId, tenantId),
          eq(connections.id, connectionId),
          eq(connections.tokenVersion, tokenVersion),
          eq(connections.status, "active"),
        ),
      )
      .returning({ provider: connections.provider, owner: connections.userId });
    if (row === undefined) return false;
    await tx
      .delete(pickerSessions)
      .where(and(eq(pickerSessions.tenantId, tenantId), eq(pickerSessions.connectionId, connectionId)));
    await parts.onNeedsReauth(tx, { tenantId, connectionId });
    await recordEvent(
      { ...parts, db: tx },
      {
        tenantId,
        action: "connection.needs_reauth",
        actor: "system",
        target: { kind: "connection", id: connectionId },
        details: { ...row, reason },
      },
    );
    return true;
  });
  if (marked) parts.log.warn({ tenantId, connectionId, reason }, "a connection must be made again");
  return marked;
}
