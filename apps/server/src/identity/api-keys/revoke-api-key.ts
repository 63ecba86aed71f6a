import { and, eq, isNull } from "drizzle-orm";
import { apiKeys, type Database, type Transaction } from "../../db/index.ts";
import { type Clock, DrivewayError } from "../../platform/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { Principal } from "../principal.ts";
import { type ApiKey, type ApiKeyRow, toApiKey } from "./api-key.ts";

/**
 * Ends a key of the principal's tenant for good, from the next request on. One that is revoked already stays as it is.
 * @throws {DrivewayError} `api_key_not_found`
 */
export async function revokeApiKey(
  parts: { readonly db: Database; readonly clock: Clock },
  wanted: { readonly principal: Principal; readonly id: string },
): Promise<ApiKey> {
  const now = parts.clock.now();
  const row = await parts.db.transaction(
    async (tx) => (await revoke(tx, parts.clock, wanted)) ?? find(tx, wanted),
  );
  if (row === null) throw new DrivewayError("api_key_not_found", "There is no such API key.");
  return toApiKey(row, now);
}

/** @returns null when there is none that still could be revoked */
async function revoke(
  tx: Transaction,
  clock: Clock,
  wanted: { readonly principal: Principal; readonly id: string },
): Promise<ApiKeyRow | null> {
  const { tenantId } = wanted.principal;
  const [row] = await tx
    .update(apiKeys)
    .set({ revokedAt: new Date(clock.now()) })
    .where(and(eq(apiKeys.tenantId, tenantId), eq(apiKeys.id, wanted.id), isNull(apiKeys.revokedAt)))
    .returning();
  if (row === undefined) return null;
  await recordEvent(
    { db: tx, clock },
    {
      tenantId,
      action: "api_key.revoked",
      actor: wanted.principal,
      target: { kind: "api_key", id: row.id },
      details: { prefix: row.prefix, owner: row.userId },
    },
  );
  return row;
}

async function find(
  tx: Transaction,
  wanted: { readonly principal: Principal; readonly id: string },
): Promise<ApiKeyRow | null> {
  const [row] = await tx
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.tenantId, wanted.principal.tenantId), eq(apiKeys.id, wanted.id)));
  return row ?? null;
}
