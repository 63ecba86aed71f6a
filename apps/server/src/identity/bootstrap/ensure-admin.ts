import { hashPassword } from "better-auth/crypto";
import { and, eq } from "drizzle-orm";
import { acrossTenants, authUsers, type Transaction, tenants, users } from "../../db/index.ts";
import { newId } from "../../platform/index.ts";
import { insertAccount } from "../sign-in/insert-account.ts";

interface Admin {
  readonly tenantId: string;
  readonly userId: string;
  /** False when they were there before. */
  readonly created: boolean;
}

/** The user who signs in with this address, made with a workspace of their own if there is none. */
export async function ensureAdmin(
  tx: Transaction,
  params: { readonly adminEmail: string; readonly adminPassword: string },
): Promise<Admin> {
  const email = params.adminEmail.toLowerCase();
  const displayName = email.split("@")[0] ?? email;
  const [known] = await tx
    .select({ authUserId: authUsers.id, tenantId: users.tenantId, userId: users.id })
    .from(authUsers)
    .leftJoin(users, eq(users.authUserId, authUsers.id))
    .where(and(acrossTenants("userBySignIn"), eq(authUsers.email, email)));
  if (known?.tenantId != null && known.userId !== null) {
    return { tenantId: known.tenantId, userId: known.userId, created: false };
  }
  const authUserId =
    known?.authUserId ?? (await insertSignIn(tx, { email, displayName, password: params.adminPassword }));
  const tenantId = newId("ten");
  const userId = newId("usr");
  await tx.insert(tenants).values({ id: tenantId, name: "Workspace" });
  await tx.insert(users).values({ id: userId, tenantId, authUserId, email, displayName, role: "admin" });
  return { tenantId, userId, created: true };
}

async function insertSignIn(
  tx: Transaction,
  params: { readonly email: string; readonly displayName: string; readonly password: string },
): Promise<string> {
  const passwordHash = await hashPassword(params.password);
  const authUserId = await insertAccount(tx, { ...params, passwordHash, emailVerified: true });
  if (authUserId === null) throw new Error("the address got an account meanwhile");
  return authUserId;
}
