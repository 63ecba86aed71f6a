import type { Account } from "../../accounts/account.ts";
import type { DriveFile } from "../file.ts";
import { higherRole, isAtLeast, type Role } from "./role.ts";
import type { FilePermission } from "./sharing.ts";
import { sharingOf } from "./sharing-of.ts";

/** Somebody who may have been given access; `sub` is missing for addresses without an account. */
export interface Person {
  readonly sub?: string;
  readonly email: string;
  readonly hd?: string;
}

/** Who comes to an item, and with what. */
export interface Visitor {
  readonly account: Account;
  /** Resource keys sent along, by file id; none when left out. */
  readonly resourceKeys?: ReadonlyMap<string, string>;
}

/** What has to be known of the Drives to tell who may do what. */
export interface AccessSource {
  get(id: string): DriveFile | undefined;
  isOpened(opening: { sub: string; fileId: string }): boolean;
}

/** The access that a link gives, and the item that was shared by it: the file itself or a folder above it. */
interface LinkAccess {
  readonly role: Role;
  readonly holder: DriveFile;
}

/** What somebody may do: as a person who was let in, and as one who has come by a link. */
interface Access {
  readonly named: Role | null;
  readonly link: LinkAccess | null;
}

/**
 * What a visitor may do with an item: the owner everything; others what the access list of the item or of a folder
 * above it says; null for nothing. Links without a resource key work for everybody who has the id; links with one for
 * those who send it or have opened the item before. Follows "Share files, folders, and drives" and "Access link-shared
 * Drive files using resource keys" of the Drive guides.
 */
export function roleOf(source: AccessSource, visitor: Visitor, file: DriveFile): Role | null {
  if (file.ownerSub === visitor.account.sub) return "owner";
  const { named, link } = accessOf(source, visitor.account, file);
  if (link === null || !isUsable(source, visitor, file, link)) return named;
  return higherRole(named, link.role);
}

/** What a person was let do with an item by name; links do not count. */
export function namedRoleOf(source: AccessSource, person: Person, file: DriveFile): Role | null {
  return file.ownerSub === person.sub ? "owner" : accessOf(source, person, file).named;
}

/** Whether a visitor may have the bytes of a file, as far as owner and domain allow it. */
export function mayDownload(source: AccessSource, file: DriveFile, role: Role | null): boolean {
  if (!file.canDownload || role === null) return false;
  return isAtLeast(role, "writer") || !requiresWriter(source, file);
}

/** Whether readers and commenters are kept from copying and downloading: by the file, or by its shared drive. */
export function requiresWriter(source: AccessSource, file: DriveFile): boolean {
  const { copyRequiresWriterPermission, driveId } = sharingOf(file);
  if (copyRequiresWriterPermission || driveId === null) return copyRequiresWriterPermission;
  const drive = source.get(driveId);
  return drive !== undefined && sharingOf(drive).copyRequiresWriterPermission;
}

function accessOf(source: AccessSource, person: Person, file: DriveFile): Access {
  let named: Role | null = null;
  let link: LinkAccess | null = null;
  for (let at: DriveFile | undefined = file; at !== undefined; at = parentOf(source, at)) {
    if (at !== file && at.ownerSub === person.sub) named = higherRole(named, "writer");
    for (const permission of at.sharing?.permissions ?? []) {
      const way = wayOf(permission, person);
      if (way === "named") named = higherRole(named, permission.role);
      if (way === "link" && higherRole(link?.role ?? null, permission.role) !== link?.role)
        link = { role: permission.role, holder: at };
    }
  }
  return { named, link };
}

function wayOf({ to }: FilePermission, person: Person): "named" | "link" | null {
  switch (to.type) {
    case "user":
      return to.emailAddress === person.email.toLowerCase() ? "named" : null;
    case "group":
      return null;
    case "domain":
      if (to.domain !== person.hd) return null;
      return to.allowFileDiscovery ? "named" : "link";
    case "anyone":
      return to.allowFileDiscovery ? "named" : "link";
  }
}

function isUsable(source: AccessSource, visitor: Visitor, file: DriveFile, { holder }: LinkAccess): boolean {
  const keyed = [file, holder].find(({ sharing }) => (sharing?.resourceKey ?? null) !== null);
  if (keyed === undefined) return true;
  const { sub } = visitor.account;
  if (source.isOpened({ sub, fileId: file.id }) || source.isOpened({ sub, fileId: holder.id })) return true;
  return visitor.resourceKeys?.get(keyed.id) === sharingOf(keyed).resourceKey;
}

function parentOf(source: AccessSource, { parentId }: DriveFile): DriveFile | undefined {
  return parentId === null ? undefined : source.get(parentId);
}
