import { and, eq } from "drizzle-orm";
import { connections } from "../db/index.ts";
import type { ConnectionParts, ConnectionRef } from "./connection-parts.ts";

/** Marks a grant as dead, unless it was replaced since its token had this version. */
export async function markNeedsReauth(
  parts: Pick<ConnectionParts, "db" | "clock" | "log">,
  wanted: ConnectionRef & { readonly tokenVersion: number; readonly reason: string },
): Promise<void> {
  const { tenantId, connectionId, tokenVersion, reason } = wanted;
  const marked = await parts.db
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
      ),
    )
    .returning({ id: connections.id });
  if (marked.length > 0)
    parts.log.warn({ tenantId, connectionId, reason }, "a connection must be made again");
}
