import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { acrossTenants, apiKeys, type Database, tenants, users } from "../db/index.ts";
import { type Clock, hashSecret } from "../platform/index.ts";
import { commonScopes, type Principal, type Scope, SCOPES_OF_ROLE, toScopes } from "./principal.ts";

/** How exact `last_used_at` is: written at most this often, whatever the traffic. */
const LAST_USED_STEP_MS = 60_000;

/** Finds a key that is not revoked by its hash. */
export type FindKey = ReturnType<typeof prepareFindKey>;
type FoundKey = NonNullable<Awaited<ReturnType<FindKey>>>;

/** Prepares the one query that every request with a key needs. */
export function prepareFindKey(db: Database) {
  const query = db
    .select({
      id: apiKeys.id,
      tenantId: apiKeys.tenantId,
      userId: apiKeys.userId,
      scopes: apiKeys.scopes,
      expiresAt: apiKeys.expiresAt,
      lastUsedAt: apiKeys.lastUsedAt,
      role: users.role,
      authUserId: users.authUserId,
    })
    .from(apiKeys)
    .innerJoin(users, and(eq(users.tenantId, apiKeys.tenantId), eq(users.id, apiKeys.userId)))
    .innerJoin(tenants, and(eq(tenants.id, users.tenantId), isNull(tenants.deletionRequestedAt)))
    .where(
      and(
        acrossTenants("apiKeyByHash"),
        eq(apiKeys.secretSha256, sql.placeholder("secretSha256")),
        isNull(apiKeys.revokedAt),
      ),
    )
    .prepare("find_api_key");
  return async (secretSha256: Buffer) => (await query.execute({ secretSha256 }))[0];
}

/**
 * Who an API key speaks for, and what it allows at this moment. Only the key's SHA-256 is compared, in the database.
 * @returns null when the key is unknown, revoked or expired, or its workspace is being deleted
 */
export async function principalOfKey(
  parts: { db: Database; clock: Clock; findKey: FindKey },
  secret: string,
): Promise<Principal | null> {
  const { db, clock } = parts;
  const key = await parts.findKey(hashSecret(secret));
  const now = clock.now();
  if (key === undefined || (key.expiresAt !== null && key.expiresAt.getTime() <= now)) return null;
  if (key.lastUsedAt === null || key.lastUsedAt.getTime() <= now - LAST_USED_STEP_MS)
    await touch(db, key, now);
  return { kind: "api_key", tenantId: key.tenantId, userId: key.userId, scopes: scopesOf(key) };
}

/**
 * A key allows no more than its user may do now: who is an admin no longer holds no admin's key. Users of the host
 * application have no role here; what they may do stands in each of their tokens, so their keys keep what they were given.
 */
function scopesOf(key: FoundKey): ReadonlySet<Scope> {
  const given = toScopes(key.scopes);
  return key.authUserId === null ? given : commonScopes(given, SCOPES_OF_ROLE[key.role]);
}

/** Of many requests at the same moment one writes; the others find it done. */
async function touch(db: Database, key: { id: string; tenantId: string }, now: number): Promise<void> {
  const stale = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, new Date(now - LAST_USED_STEP_MS + 1)));
  await db
    .update(apiKeys)
    .set({ lastUsedAt: new Date(now) })
    .where(and(eq(apiKeys.tenantId, key.tenantId), eq(apiKeys.id, key.id), stale));
}
