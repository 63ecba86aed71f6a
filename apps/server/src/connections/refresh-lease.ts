import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { connections } from "../db/index.ts";
import type { ConnectionParts, ConnectionRef } from "./connection-parts.ts";

/** Longer than a refresh can take, discovery and the keys of ID tokens included (ten seconds each); a holder that died holds it no longer than this. */
const LEASE_SECONDS = 40;

/**
 * Takes the right to refresh a token of this version, over all processes, by compare and set in the row. The time is the
 * database's, so that no process's clock matters.
 * @returns false when somebody else has it, or the token was replaced
 */
export async function takeRefreshLease(
  parts: Pick<ConnectionParts, "db">,
  wanted: ConnectionRef & { readonly tokenVersion: number },
): Promise<boolean> {
  const taken = await parts.db
    .update(connections)
    .set({ refreshingUntil: sql`now() + make_interval(secs => ${LEASE_SECONDS})` })
    .where(
      and(
        eq(connections.tenantId, wanted.tenantId),
        eq(connections.id, wanted.connectionId),
        eq(connections.tokenVersion, wanted.tokenVersion),
        or(isNull(connections.refreshingUntil), lt(connections.refreshingUntil, sql`now()`)),
      ),
    )
    .returning({ id: connections.id });
  return taken.length > 0;
}

/** Gives the right back after a refresh that changed nothing. */
export async function dropRefreshLease(
  parts: Pick<ConnectionParts, "db">,
  wanted: ConnectionRef & { readonly tokenVersion: number },
): Promise<void> {
  await parts.db
    .update(connections)
    .set({ refreshingUntil: null })
    .where(
      and(
        eq(connections.tenantId, wanted.tenantId),
        eq(connections.id, wanted.connectionId),
        eq(connections.tokenVersion, wanted.tokenVersion),
      ),
    );
}
