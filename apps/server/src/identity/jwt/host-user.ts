import { and, eq, isNull, sql } from "drizzle-orm";
import { acrossTenants, type Database, tenants, type Transaction, users } from "../../db/index.ts";
import { newId } from "../../platform/index.ts";
import type { HostClaims } from "./read-claims.ts";

/** A user of the host application, as we know them. */
export interface HostUser {
  readonly id: string;
  readonly tenantId: string;
  readonly email: string | null;
  readonly displayName: string;
}

/** Finds the user whom a token names, or nothing. */
export type FindHostUser = (claims: HostClaims) => Promise<HostUser | undefined>;

const COLUMNS = {
  id: users.id,
  tenantId: users.tenantId,
  email: users.email,
  displayName: users.displayName,
};

/** Prepares the one query that a request with a token needs in the usual case. */
export function prepareFindHostUser(db: Database, issuer: string): FindHostUser {
  const { placeholder } = sql;
  const query = db
    .select(COLUMNS)
    .from(tenants)
    .innerJoin(users, and(eq(users.tenantId, tenants.id), eq(users.externalId, placeholder("userId"))))
    .where(
      and(
        acrossTenants("hostUserByName"),
        eq(tenants.issuer, placeholder("issuer")),
        eq(tenants.externalId, placeholder("tenantId")),
        isNull(tenants.deletionRequestedAt),
      ),
    )
    .prepare("find_host_user");
  return async ({ tenantId, userId }) => (await query.execute({ issuer, tenantId, userId }))[0];
}

/**
 * Makes the tenant and the user whom a token names for the first time; of several at once one makes them and the others find
 * them made. Only the issuer's own names count: an address or an id that equals one of ours joins nobody to it.
 * @returns null while the tenant is being deleted, or when it or the user goes in the same moment
 */
export async function admitHostUser(
  db: Database,
  issuer: string,
  claims: HostClaims,
): Promise<HostUser | null> {
  return db.transaction(async (tx) => {
    const tenantId = await admitTenant(tx, issuer, claims);
    if (tenantId === null) return null;
    const { userId: externalId, email } = claims;
    const displayName = claims.name ?? email ?? externalId;
    await tx
      .insert(users)
      .values({ id: newId("usr"), tenantId, externalId, email, displayName, role: "member" })
      .onConflictDoNothing({ target: [users.tenantId, users.externalId] });
    const [user] = await tx
      .select(COLUMNS)
      .from(users)
      .where(and(eq(users.tenantId, tenantId), eq(users.externalId, externalId)));
    return user ?? null;
  });
}

async function admitTenant(tx: Transaction, issuer: string, claims: HostClaims): Promise<string | null> {
  const externalId = claims.tenantId;
  await tx
    .insert(tenants)
    .values({ id: newId("ten"), name: externalId, issuer, externalId })
    .onConflictDoNothing({ target: [tenants.issuer, tenants.externalId] });
  const [tenant] = await tx
    .select({ id: tenants.id })
    .from(tenants)
    .where(
      and(
        acrossTenants("hostUserByName"),
        eq(tenants.issuer, issuer),
        eq(tenants.externalId, externalId),
        isNull(tenants.deletionRequestedAt),
      ),
    )
    .for("key share");
  return tenant?.id ?? null;
}

/** Writes what a token says anew of its user. What it leaves out stays as it was. */
export async function followClaims(db: Database, user: HostUser, claims: HostClaims): Promise<void> {
  const email = claims.email ?? user.email;
  const displayName = claims.name ?? user.displayName;
  if (email === user.email && displayName === user.displayName) return;
  await db
    .update(users)
    .set({ email, displayName })
    .where(and(eq(users.tenantId, user.tenantId), eq(users.id, user.id)));
}
