import type { connections } from "../db/index.ts";

/** One user's account at one provider, without the grant that is held for it. */
export interface Connection {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly provider: string;
  readonly providerUserId: string;
  readonly providerEmail: string;
  readonly providerDisplayName: string;
  /** Null while the connection is active; else why the user must connect again. */
  readonly needsReauthReason: string | null;
  readonly grantedScopes: readonly string[];
  readonly accessTokenExpiresAt: Date;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

export type ConnectionRow = typeof connections.$inferSelect;

/** Leaves the tokens behind, so that nothing outside this room can show them by accident. */
export function toConnection(row: ConnectionRow): Connection {
  return {
    id: row.id,
    tenantId: row.tenantId,
    userId: row.userId,
    provider: row.provider,
    providerUserId: row.providerUserId,
    providerEmail: row.providerEmail,
    providerDisplayName: row.providerDisplayName,
    needsReauthReason: row.status === "active" ? null : (row.needsReauthReason ?? "unknown"),
    grantedScopes: row.grantedScopes,
    accessTokenExpiresAt: row.accessTokenExpiresAt,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
  };
}
