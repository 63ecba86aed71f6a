import { and, eq, isNull } from "drizzle-orm";
import { acrossTenants, type Database, tenants, users } from "../../db/index.ts";

/** The user of a session, as the console shows them. */
export interface SignedInUser {
  readonly id: string;
  readonly email: string | null;
  readonly displayName: string;
  readonly tenantId: string;
}

/** The user behind a sign-in, or null when they have left, or their workspace is being deleted. */
export async function findSignedInUser(db: Database, authUserId: string): Promise<SignedInUser | null> {
  const [user] = await db
    .select({
      id: users.id,
      email: users.email,
      displayName: users.displayName,
      tenantId: users.tenantId,
    })
    .from(users)
    .innerJoin(tenants, and(eq(tenants.id, users.tenantId), isNull(tenants.deletionRequestedAt)))
    .where(and(acrossTenants("userBySignIn"), eq(users.authUserId, authUserId)));
  return user ?? null;
}
