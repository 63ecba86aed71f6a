import type { Account } from "../../accounts/account.ts";
import type { DriveFile } from "../file.ts";
import { accountAt } from "./permission-id.ts";
import { higherRole, type Role } from "./role.ts";
import type { FilePermission, Grantee } from "./sharing.ts";
import { driveIdOf, isSharedDrive } from "./sharing-of.ts";

/** A permission as it holds for one item: what the item says itself, and what folders above it say. */
export interface EffectivePermission {
  readonly id: string;
  readonly to: Grantee;
  readonly role: Role;
  /** Where it comes from, nearest first. */
  readonly sources: readonly PermissionSource[];
}

/** One of the places that a permission comes from. */
interface PermissionSource {
  readonly role: Role;
  /** The item whose access list has it: the item itself or a folder above it. */
  readonly itemId: string;
  /** Whether it is membership of a shared drive, rather than access to a file or folder. */
  readonly isMembership: boolean;
}

/** What has to be known of the Drives to tell who may use an item. */
export interface PermissionSourceStore {
  get(id: string): DriveFile | undefined;
  readonly accounts: Iterable<Account>;
}

/**
 * Everybody who may use an item, the owner first. Where item and folders name somebody several times, the highest role
 * holds. The owner of a folder may write what others put into it.
 */
export function effectivePermissions(store: PermissionSourceStore, file: DriveFile): EffectivePermission[] {
  const found = new Map<string, EffectivePermission>();
  for (let at: DriveFile | undefined = file; at !== undefined; at = parentOf(store, at)) {
    const owner = ownerOf(store, at);
    if (owner !== null) note(found, at, { ...owner, role: at === file ? "owner" : "writer" });
    for (const permission of at.sharing?.permissions ?? []) note(found, at, permission);
  }
  return [...found.values()];
}

function note(
  found: Map<string, EffectivePermission>,
  item: DriveFile,
  { id, to, role }: Pick<FilePermission, "id" | "to"> & { readonly role: Role },
): void {
  const source = { role, itemId: item.id, isMembership: isSharedDrive(item) };
  const former = found.get(id);
  const sources = [...(former?.sources ?? []), source];
  found.set(id, { id, to, role: higherRole(former?.role ?? null, role) ?? role, sources });
}

function ownerOf(store: PermissionSourceStore, file: DriveFile): Pick<FilePermission, "id" | "to"> | null {
  if (driveIdOf(file) !== null) return null;
  for (const account of store.accounts) {
    if (account.sub === file.ownerSub)
      return { id: account.permissionId, to: { type: "user", emailAddress: account.email } };
  }
  return null;
}

/** The name of whoever a permission is given to, as Drive shows it; undefined for the public. */
export function displayNameOf(to: Grantee, accounts: Iterable<Account>): string | undefined {
  switch (to.type) {
    case "anyone":
      return undefined;
    case "domain":
      return to.domain;
    case "user":
    case "group":
      return accountAt(to.emailAddress, accounts)?.name ?? to.emailAddress;
  }
}

function parentOf(store: PermissionSourceStore, { parentId }: DriveFile): DriveFile | undefined {
  return parentId === null ? undefined : store.get(parentId);
}
