import { type DriveFile, isFolder } from "../file.ts";
import { mayDownload, roleOf } from "../sharing/access.ts";
import { isAtLeast, type Role } from "../sharing/role.ts";
import { driveIdOf } from "../sharing/sharing-of.ts";
import type { Viewer } from "./file-view.ts";

/**
 * What the user may do with the file. In My Drive the owner alone trashes and deletes; in a shared drive a content
 * manager trashes and moves, and a manager deletes. Follows "Roles and permissions" of the Drive guides.
 */
export function capabilities(file: DriveFile, { store, caller }: Viewer): object {
  const role = roleOf(store, caller, file);
  const isWriter = isAtLeast(role, "writer");
  const folder = isFolder(file);
  const downloadable = mayDownload(store, file, role);
  return {
    canAcceptOwnership: false,
    canAddChildren: folder && isWriter,
    canChangeCopyRequiresWriterPermission: isWriter,
    canComment: !folder && isAtLeast(role, "commenter"),
    canCopy: !folder && downloadable,
    canDownload: downloadable,
    canEdit: isWriter,
    canListChildren: folder,
    canModifyContent: !folder && isWriter,
    canReadRevisions: !folder && isWriter,
    canRename: isWriter,
    canShare: canShare(file, role),
    ...placeCapabilities(file, role),
    ...sharedDriveCapabilities(file, role),
  };
}

/** Whether the user may change who else may use the item. */
export function canShare(file: DriveFile, role: Role | null): boolean {
  const isFolderOfDrive = driveIdOf(file) !== null && isFolder(file);
  return isAtLeast(role, isFolderOfDrive ? "organizer" : "writer");
}

/** Whether the user may put the item into the trash and take it out again. */
export function canTrash(file: DriveFile, role: Role | null): boolean {
  return file.parentId !== null && isAtLeast(role, driveIdOf(file) === null ? "owner" : "fileOrganizer");
}

/** Whether the user may delete the item for good. */
export function canDelete(file: DriveFile, role: Role | null): boolean {
  return file.parentId !== null && isAtLeast(role, driveIdOf(file) === null ? "owner" : "organizer");
}

/** Whether the user may move the item to another folder of the same Drive. */
export function canMoveWithinDrive(file: DriveFile, role: Role | null): boolean {
  return file.parentId !== null && isAtLeast(role, driveIdOf(file) === null ? "writer" : "fileOrganizer");
}

/** Whether the user may move the item to another Drive. Folders stay where they are. */
export function canMoveOutOfDrive(file: DriveFile, role: Role | null): boolean {
  if (file.parentId === null || isFolder(file)) return false;
  return isAtLeast(role, driveIdOf(file) === null ? "owner" : "organizer");
}

function placeCapabilities(file: DriveFile, role: Role | null): object {
  const inDrive = driveIdOf(file) !== null;
  const movesOut = canMoveOutOfDrive(file, role);
  return {
    canDelete: canDelete(file, role),
    canMoveItemIntoTeamDrive: !inDrive && movesOut,
    canMoveItemOutOfDrive: movesOut,
    canMoveItemWithinDrive: canMoveWithinDrive(file, role),
    canRemoveChildren: isFolder(file) && isAtLeast(role, inDrive ? "fileOrganizer" : "writer"),
    canTrash: canTrash(file, role),
    canUntrash: canTrash(file, role),
  };
}

/** What only items of shared drives have. */
function sharedDriveCapabilities(file: DriveFile, role: Role | null): object {
  if (driveIdOf(file) === null) return {};
  const folder = isFolder(file);
  return {
    canAddFolderFromAnotherDrive: false,
    canDeleteChildren: folder && isAtLeast(role, "organizer"),
    canMoveChildrenOutOfDrive: folder && isAtLeast(role, "organizer"),
    canMoveChildrenWithinDrive: folder && isAtLeast(role, "fileOrganizer"),
    canReadDrive: true,
    canTrashChildren: folder && isAtLeast(role, "fileOrganizer"),
  };
}
