import { and, desc, eq } from "drizzle-orm";
import { connections } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { type Connection, toConnection } from "./connection.ts";
import type { ConnectionParts } from "./connection-parts.ts";

/** A user's connections, newest first. */
export async function listConnections(
  parts: Pick<ConnectionParts, "db">,
  wanted: {
    readonly principal: Pick<Principal, "tenantId" | "userId">;
    readonly provider: string | null;
    readonly activeOnly: boolean;
  },
): Promise<Connection[]> {
  const { tenantId, userId } = wanted.principal;
  const rows = await parts.db
    .select()
    .from(connections)
    .where(
      and(
        eq(connections.tenantId, tenantId),
        eq(connections.userId, userId),
        wanted.provider === null ? undefined : eq(connections.provider, wanted.provider),
        wanted.activeOnly ? eq(connections.status, "active") : undefined,
      ),
    )
    .orderBy(desc(connections.createdAt), desc(connections.id));
  return rows.map(toConnection);
}
