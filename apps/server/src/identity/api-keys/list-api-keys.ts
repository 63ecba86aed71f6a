import { and, desc, eq, lt } from "drizzle-orm";
import { apiKeys, type Database } from "../../db/index.ts";
import type { Clock } from "../../platform/index.ts";
import { type ApiKey, toApiKey } from "./api-key.ts";

export interface ListApiKeysParams {
  readonly tenantId: string;
  readonly limit: number;
  /** The last id of the page before; null for the first page. */
  readonly cursor: string | null;
}

export interface ApiKeyPage {
  readonly apiKeys: readonly ApiKey[];
  /** Where the next page begins; null when there is none. */
  readonly nextCursor: string | null;
}

/** A page of all keys of a tenant, newest first by id; those that are expired or revoked are there too. */
export async function listApiKeys(
  parts: { readonly db: Database; readonly clock: Clock },
  params: ListApiKeysParams,
): Promise<ApiKeyPage> {
  const { tenantId, limit, cursor } = params;
  const before = cursor === null ? undefined : lt(apiKeys.id, cursor);
  const rows = await parts.db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.tenantId, tenantId), before))
    .orderBy(desc(apiKeys.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit).map((row) => toApiKey(row, parts.clock.now()));
  return { apiKeys: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
