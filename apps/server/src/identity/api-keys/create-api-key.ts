import { apiKeys, type Database } from "../../db/index.ts";
import { type Clock, DrivewayError, hashSecret, newId, randomSecret } from "../../platform/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import { holdUser } from "../members/hold-user.ts";
import { allows, type Principal, type Scope } from "../principal.ts";
import { type ApiKey, toApiKey } from "./api-key.ts";

/** Stands in front of every key, so that people and scanners of code recognise one. */
const MARK = "dw_";
/** Characters of a key that are kept readable, so that people tell keys apart. */
const PREFIX_LENGTH = 11;

export interface CreateApiKeyParams {
  readonly principal: Principal;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
}

/**
 * Makes a key of 256 random bits that acts for the principal's user. Its secret is returned this once.
 * @throws {DrivewayError} `insufficient_scope` for a scope that the principal does not hold; `expiry_not_in_future`;
 *   `unauthenticated` when the user was removed since they were authenticated
 */
export async function createApiKey(
  parts: { readonly db: Database; readonly clock: Clock },
  params: CreateApiKeyParams,
): Promise<{ readonly apiKey: ApiKey; readonly secret: string }> {
  const { principal, name, expiresAt } = params;
  const now = parts.clock.now();
  refuseMoreThanHeld(principal, params.scopes);
  if (expiresAt !== null && expiresAt.getTime() <= now) {
    throw new DrivewayError("expiry_not_in_future", "The key would have expired already.", {
      details: { field: "expires_at" },
    });
  }
  const { tenantId, userId } = principal;
  const secret = `${MARK}${randomSecret()}`;
  const scopes = [...new Set(params.scopes)];
  const prefix = secret.slice(0, PREFIX_LENGTH);
  const secretSha256 = hashSecret(secret);
  const key = { id: newId("key"), tenantId, userId, name, prefix, secretSha256, scopes, expiresAt };
  const row = await parts.db.transaction(async (tx) => {
    await holdUser(tx, principal);
    const [inserted] = await tx
      .insert(apiKeys)
      .values({ ...key, createdAt: new Date(now) })
      .returning();
    if (inserted === undefined) throw new Error("the key was not written");
    await recordEvent(
      { ...parts, db: tx },
      {
        tenantId,
        action: "api_key.created",
        actor: principal,
        target: { kind: "api_key", id: key.id },
        details: { prefix, scopes: scopes.join(" "), expires_at: expiresAt?.toISOString() ?? null },
      },
    );
    return inserted;
  });
  return { apiKey: toApiKey(row, now), secret };
}

/** Nobody hands on what they do not have. */
function refuseMoreThanHeld(principal: Principal, scopes: readonly Scope[]): void {
  const missing = scopes.find((scope) => !allows(principal, scope));
  if (missing === undefined) return;
  throw new DrivewayError("insufficient_scope", `A key cannot have the scope ${missing}, which you lack.`, {
    details: { scope: missing },
  });
}
