import { type Caller, isGranted, requireFile, requireWritableFile, writesAll } from "../caller.ts";
import {
  appNotAuthorizedToChild,
  badRequest,
  forbidden,
  insufficientFilePermissions,
  permissionNotFound,
} from "../errors.ts";
import { type DriveFile, isFolder } from "../file.ts";
import { canShare } from "../present/capabilities.ts";
import { roleOf } from "../sharing/access.ts";
import { type EffectivePermission, effectivePermissions } from "../sharing/effective-permissions.ts";
import type { Role } from "../sharing/role.ts";
import { driveIdOf, isSharedDrive, sharingOf } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";
import type { PermissionBody } from "./parse-permission-body.ts";

/** An item, and one of those who may use it. */
export interface ItemPermission {
  readonly file: DriveFile;
  readonly permission: EffectivePermission;
}

/**
 * Everybody who may use an item. Throws 404 as requireFile does, and 403 `insufficientFilePermissions` for users who may
 * not share it themselves.
 */
export function listPermissions(
  store: DriveStore,
  caller: Caller,
  fileId: string,
): { file: DriveFile; permissions: EffectivePermission[] } {
  const file = requireFile(store, caller, fileId);
  const mayLook = isSharedDrive(file) || canShare(file, roleOf(store, caller, file));
  if (!mayLook) throw insufficientFilePermissions();
  return { file, permissions: effectivePermissions(store, file) };
}

/** One of those who may use an item. Throws as listPermissions does, and 404 for a permission that there is not. */
export function requirePermission(
  store: DriveStore,
  caller: Caller,
  { fileId, permissionId }: { fileId: string; permissionId: string },
): ItemPermission {
  const { file, permissions } = listPermissions(store, caller, fileId);
  return { file, permission: idIn(permissions, permissionId) };
}

/**
 * Gives somebody a role on an item. Throws 404 and 403 as requireWritableFile does, 403 `insufficientFilePermissions` for
 * users who may not share it, 403 for a role that items of its kind do not have, and 403 for a folder with items that
 * the application was not given, when it has the scope drive.file alone.
 */
export function addPermission(
  store: DriveStore,
  caller: Caller,
  { fileId, role, to }: PermissionBody & { fileId: string },
): ItemPermission {
  const file = requireShareable(store, caller, fileId);
  requireFittingRole(file, role);
  requireGrantedChildren(store, caller, file);
  const changed = store.shareFile(file.id, { role, to }, caller.account.sub);
  const added = sharingOf(changed).permissions.at(-1);
  return { file: changed, permission: idIn(effectivePermissions(store, changed), added?.id ?? "") };
}

/** Changes the role of somebody on an item. Throws as addPermission and removePermission do. */
export function changePermission(
  store: DriveStore,
  caller: Caller,
  { fileId, permissionId, role }: { fileId: string; permissionId: string; role: Exclude<Role, "owner"> },
): ItemPermission {
  const file = requireShareable(store, caller, fileId);
  const { to } = requireOwn(store, file, permissionId);
  requireFittingRole(file, role);
  const changed = store.shareFile(file.id, { role, to }, caller.account.sub);
  return { file: changed, permission: idIn(effectivePermissions(store, changed), permissionId) };
}

/**
 * Takes somebody's role on an item away; one's own everybody may give up. Throws 404 for a permission that there is not,
 * 403 `cannotRemoveOwner`, 403 for a permission of a folder above, and 403 as addPermission does.
 */
export function removePermission(
  store: DriveStore,
  caller: Caller,
  { fileId, permissionId }: { fileId: string; permissionId: string },
): void {
  const isOwn = permissionId === caller.account.permissionId;
  const file = isOwn
    ? requireWritableFile(store, caller, fileId, "reader")
    : requireShareable(store, caller, fileId);
  requireOwn(store, file, permissionId);
  store.unshareFile(file.id, permissionId);
}

function requireShareable(store: DriveStore, caller: Caller, fileId: string): DriveFile {
  const file = requireWritableFile(store, caller, fileId, "reader");
  if (!canShare(file, roleOf(store, caller, file))) throw insufficientFilePermissions();
  if (file.parentId === null && !isSharedDrive(file)) {
    throw badRequest("The root folder of My Drive cannot be shared.", "invalidSharingRequest");
  }
  return file;
}

/** The permission that the item itself has; the reason for one of a folder above is that of shared drives. */
function requireOwn(store: DriveStore, file: DriveFile, permissionId: string): EffectivePermission {
  const permission = idIn(effectivePermissions(store, file), permissionId);
  if (permission.role === "owner") {
    throw forbidden("cannotRemoveOwner", "The owner of a file cannot be removed.");
  }
  if (!sharingOf(file).permissions.some(({ id }) => id === permissionId)) {
    const message = "Cannot modify a permission inherited from a folder or shared drive.";
    throw forbidden("cannotModifyInheritedTeamDrivePermission", message);
  }
  return permission;
}

function requireFittingRole(file: DriveFile, role: Role): void {
  if (role === "organizer" && !isSharedDrive(file)) {
    const message = "The organizer role is only valid for shared drives.";
    throw forbidden("organizerOnNonTeamDriveItemNotSupported", message);
  }
  if (role === "fileOrganizer" && driveIdOf(file) === null) {
    const message = "The fileOrganizer role is only valid for items of shared drives.";
    throw forbidden("fileOrganizerOnNonTeamDriveNotSupported", message);
  }
}

function requireGrantedChildren(store: DriveStore, caller: Caller, file: DriveFile): void {
  if (!isFolder(file) || writesAll(caller)) return;
  const child = store.childrenOf(file.id).find((each) => !isGranted(store, caller, each));
  if (child !== undefined) throw appNotAuthorizedToChild(caller.clientId, child.id);
}

function idIn(permissions: readonly EffectivePermission[], permissionId: string): EffectivePermission {
  const found = permissions.find(({ id }) => id === permissionId);
  if (found === undefined) throw permissionNotFound(permissionId);
  return found;
}
