import { Scope as ScopeName, type Scope } from "@driveway/contract";

export type { Scope };

const SCOPES = ScopeName.options;
const KNOWN: ReadonlySet<string> = new Set(SCOPES);

/** Reads scopes as they rest in the database. A name that this version does not know allows nothing. */
export function toScopes(names: readonly string[]): ReadonlySet<Scope> {
  return new Set(names.filter((name): name is Scope => KNOWN.has(name)));
}

/** Who is asking: one user of one tenant, and what the credential allows them. */
export interface Principal {
  readonly kind: "session" | "api_key" | "jwt";
  readonly tenantId: string;
  readonly userId: string;
  readonly scopes: ReadonlySet<Scope>;
  /** The request that the credential came with, for the audit log; left out where there is none. */
  readonly client?: { readonly address: string; readonly requestId: string };
}

const INCLUDED: Readonly<Record<Scope, readonly Scope[]>> = {
  "cloud_storage:read": [],
  "cloud_storage:write": [],
  "cloud_storage:delete": [],
  "cloud_storage:connect": [],
  read: ["cloud_storage:read"],
  write: [
    "read",
    "cloud_storage:read",
    "cloud_storage:write",
    "cloud_storage:connect",
    "cloud_storage:delete",
  ],
  admin: SCOPES,
};

/** Whether a principal may do what needs this scope. */
export function allows(principal: Pick<Principal, "scopes">, needed: Scope): boolean {
  for (const held of principal.scopes) {
    if (held === needed || INCLUDED[held].includes(needed)) return true;
  }
  return false;
}

/** What a console user may do, by their role in the workspace. */
export const SCOPES_OF_ROLE: Readonly<Record<"admin" | "member", ReadonlySet<Scope>>> = {
  admin: new Set<Scope>(["admin"]),
  member: new Set<Scope>(["write"]),
};

/** What two sets of scopes both allow: of each the scopes that the other includes. */
export function commonScopes(left: ReadonlySet<Scope>, right: ReadonlySet<Scope>): ReadonlySet<Scope> {
  const within = (scopes: ReadonlySet<Scope>, others: ReadonlySet<Scope>) =>
    [...scopes].filter((scope) => allows({ scopes: others }, scope));
  return new Set([...within(left, right), ...within(right, left)]);
}
