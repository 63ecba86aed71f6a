import { and, eq } from "drizzle-orm";
import { acrossTenants, apiKeys, type Transaction } from "../../db/index.ts";
import { hashSecret, newId } from "../../platform/index.ts";
import { BootstrapError } from "./bootstrap-error.ts";

const SHORTEST_KEY = 32;
/** Characters of a key that are kept readable, so that people tell keys apart. */
const PREFIX_LENGTH = 8;

/**
 * Makes sure that this key acts for this user with all scopes.
 * @returns whether it was made now
 * @throws {BootstrapError} when it is too short, or belongs to another user
 */
export async function ensureApiKey(
  tx: Transaction,
  params: { readonly secret: string; readonly tenantId: string; readonly userId: string },
): Promise<boolean> {
  const { secret, tenantId, userId } = params;
  if (secret.length < SHORTEST_KEY)
    throw new BootstrapError(`BOOTSTRAP_API_KEY: needs ${SHORTEST_KEY} characters or more`);
  const secretSha256 = hashSecret(secret);
  const prefix = secret.slice(0, PREFIX_LENGTH);
  const inserted = await tx
    .insert(apiKeys)
    .values({
      id: newId("key"),
      tenantId,
      userId,
      name: "Bootstrap key",
      prefix,
      secretSha256,
      scopes: ["admin"],
    })
    .onConflictDoNothing({ target: apiKeys.secretSha256 })
    .returning({ id: apiKeys.id });
  if (inserted.length > 0) return true;
  const [owner] = await tx
    .select({ tenantId: apiKeys.tenantId, userId: apiKeys.userId })
    .from(apiKeys)
    .where(and(acrossTenants("apiKeyByHash"), eq(apiKeys.secretSha256, secretSha256)));
  if (owner?.tenantId === tenantId && owner.userId === userId) return false;
  throw new BootstrapError("BOOTSTRAP_API_KEY: this key belongs to another user; choose a new one");
}
