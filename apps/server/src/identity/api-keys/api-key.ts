import type { apiKeys } from "../../db/index.ts";

export type ApiKeyRow = typeof apiKeys.$inferSelect;

/** An API key without its secret, of which only the hash is kept. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** The first characters of the secret. */
  readonly prefix: string;
  /** Whom it acts for. */
  readonly userId: string;
  readonly scopes: readonly string[];
  /** `active` · `expired` by itself · `revoked` by somebody, whether or not it would have expired since. */
  readonly state: "active" | "expired" | "revoked";
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** @param nowMs milliseconds since 1970 */
export function toApiKey(row: ApiKeyRow, nowMs: number): ApiKey {
  const { id, name, prefix, userId, scopes, createdAt, expiresAt, lastUsedAt, revokedAt } = row;
  const state = stateOf(row, nowMs);
  return { id, name, prefix, userId, scopes, state, createdAt, expiresAt, lastUsedAt, revokedAt };
}

function stateOf({ revokedAt, expiresAt }: ApiKeyRow, nowMs: number): ApiKey["state"] {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && expiresAt.getTime() <= nowMs ? "expired" : "active";
}
