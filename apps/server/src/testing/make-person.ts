import { randomBytes } from "node:crypto";
import { apiKeys, type Database, tenants, users } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { hashSecret, newId } from "../platform/index.ts";

/** Somebody with a key of their own. */
export interface Person {
  readonly principal: Principal;
  readonly apiKey: string;
}

/** Makes a text that the edge takes for an API key. */
export function newApiKey(): string {
  return `test_${randomBytes(24).toString("base64url")}`;
}

/**
 * Makes a user with a key: an admin of a workspace of their own, unless told otherwise.
 * A member's key may write, an admin's may do everything.
 */
export async function makePerson(
  db: Database,
  options: { readonly tenantId?: string; readonly role?: "admin" | "member" } = {},
): Promise<Person> {
  const { tenantId = await makeTenant(db), role = "admin" } = options;
  const userId = newId("usr");
  const scope = role === "admin" ? "admin" : "write";
  const apiKey = newApiKey();
  await db.insert(users).values({ id: userId, tenantId, displayName: "A person", role });
  await db.insert(apiKeys).values({
    id: newId("key"),
    tenantId,
    userId,
    name: "test",
    prefix: "test_",
    secretSha256: hashSecret(apiKey),
    scopes: [scope],
  });
  return { apiKey, principal: { kind: "api_key", tenantId, userId, scopes: new Set([scope]) } };
}

async function makeTenant(db: Database): Promise<string> {
  const id = newId("ten");
  await db.insert(tenants).values({ id, name: "A workspace" });
  return id;
}
