import { and, eq } from "drizzle-orm";
import { type Database, tenants, users } from "../db/index.ts";
import { DrivewayError } from "../platform/index.ts";
import type { Principal } from "./principal.ts";

/** A principal in words for people. */
export interface PrincipalDescription {
  readonly user: { readonly id: string; readonly email: string | null; readonly displayName: string };
  readonly workspace: { readonly id: string; readonly name: string };
  readonly scopes: readonly string[];
}

/**
 * Names a principal's user and workspace.
 * @throws {DrivewayError} `unauthenticated` when the user has left since they were authenticated
 */
export async function describePrincipal(db: Database, principal: Principal): Promise<PrincipalDescription> {
  const [row] = await db
    .select({ email: users.email, displayName: users.displayName, workspace: tenants.name })
    .from(users)
    .innerJoin(tenants, eq(tenants.id, users.tenantId))
    .where(and(eq(users.tenantId, principal.tenantId), eq(users.id, principal.userId)));
  if (row === undefined)
    throw new DrivewayError("unauthenticated", "This user is no longer a member of the workspace.");
  return {
    user: { id: principal.userId, email: row.email, displayName: row.displayName },
    workspace: { id: principal.tenantId, name: row.workspace },
    scopes: [...principal.scopes].sort(),
  };
}
