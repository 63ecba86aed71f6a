import type { Account } from "../../accounts/account.ts";
import type { DriveFile } from "../file.ts";
import { permissionIdOf } from "../sharing/permission-id.ts";
import { type Role, parseRole } from "../sharing/role.ts";
import type { FilePermission, Grantee, Sharing } from "../sharing/sharing.ts";
import { sharingOf } from "../sharing/sharing-of.ts";

/** What is given to whom: a person by address, unless it says otherwise. */
export type NewPermission = { readonly role: Exclude<Role, "owner"> } & (
  | { readonly email: string }
  | { readonly to: Grantee }
);

interface Circumstances {
  readonly accounts: readonly Account[];
  readonly nowMs: number;
  /** The account that shares; null for nobody in particular. */
  readonly grantedBySub: string | null;
}

/** Makes an entry of an access list. Throws RangeError for a role that there is not, or that cannot be given. */
export function makePermission(
  input: NewPermission,
  { accounts, nowMs, grantedBySub }: Circumstances,
): FilePermission {
  const role = parseRole(input.role);
  if (role === null || role === "owner") throw new RangeError(`role: cannot be ${input.role}`);
  const to = granteeOf(input);
  const id = permissionIdOf(to, accounts);
  return { id, to, role, grantedTimeMs: nowMs, grantedBySub, hidden: false };
}

/** The sharing of an item with a permission more; a former one for the same grantee gives way. */
export function withPermission(file: DriveFile, permission: FilePermission): Sharing {
  const others = sharingOf(file).permissions.filter(({ id }) => id !== permission.id);
  return { ...sharingOf(file), permissions: [...others, permission] };
}

/** The sharing of an item with a permission less. */
export function withoutPermission(file: DriveFile, permissionId: string): Sharing {
  const permissions = sharingOf(file).permissions.filter(({ id }) => id !== permissionId);
  return { ...sharingOf(file), permissions };
}

function granteeOf(input: NewPermission): Grantee {
  if ("email" in input) return { type: "user", emailAddress: input.email.toLowerCase() };
  const { to } = input;
  if (to.type === "anyone" || to.type === "domain") return to;
  return { ...to, emailAddress: to.emailAddress.toLowerCase() };
}
