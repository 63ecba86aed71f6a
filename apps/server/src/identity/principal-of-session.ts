import { and, eq, gt, isNull } from "drizzle-orm";
import { acrossTenants, authSessions, type Database, tenants, users } from "../db/index.ts";
import type { Clock } from "../platform/index.ts";
import { type Principal, SCOPES_OF_ROLE } from "./principal.ts";
import { hashSessionToken } from "./sign-in/hash-session-token.ts";

/**
 * Who a session belongs to.
 * @param token the session's token, from a cookie whose signature was checked
 * @returns null when the session has ended, its user has left or the workspace is being deleted
 */
export async function principalOfSession(
  parts: { db: Database; clock: Clock },
  token: string,
): Promise<Principal | null> {
  const now = new Date(parts.clock.now());
  const [user] = await parts.db
    .select({ tenantId: users.tenantId, userId: users.id, role: users.role })
    .from(authSessions)
    .innerJoin(users, eq(users.authUserId, authSessions.userId))
    .innerJoin(tenants, and(eq(tenants.id, users.tenantId), isNull(tenants.deletionRequestedAt)))
    .where(
      and(
        acrossTenants("userBySignIn"),
        eq(authSessions.token, hashSessionToken(token)),
        gt(authSessions.expiresAt, now),
      ),
    );
  if (user === undefined) return null;
  return { kind: "session", tenantId: user.tenantId, userId: user.userId, scopes: SCOPES_OF_ROLE[user.role] };
}
