import { randomUUID } from "node:crypto";
import { authAccounts, authUsers, type Transaction } from "../../db/index.ts";

/**
 * Writes a console account with a password as the sign-in library does itself: an account's id is its user's.
 * @param params.email in lower case
 * @param params.passwordHash by the library's own `hashPassword`
 * @param params.emailVerified whether somebody vouches that the address is theirs
 * @returns its id, or null when the address has an account already
 */
export async function insertAccount(
  tx: Transaction,
  params: {
    readonly email: string;
    readonly displayName: string;
    readonly passwordHash: string;
    readonly emailVerified: boolean;
  },
): Promise<string | null> {
  const { email, displayName, passwordHash, emailVerified } = params;
  const id = randomUUID();
  const inserted = await tx
    .insert(authUsers)
    .values({ id, name: displayName, email, emailVerified })
    .onConflictDoNothing({ target: authUsers.email })
    .returning({ id: authUsers.id });
  if (inserted.length === 0) return null;
  await tx.insert(authAccounts).values({
    id: randomUUID(),
    userId: id,
    accountId: id,
    providerId: "credential",
    password: passwordHash,
  });
  return id;
}
