import { type Caller, requireWritableFile } from "../caller.ts";
import { insufficientFilePermissions } from "../errors.ts";
import type { DriveFile } from "../file.ts";
import { canDelete } from "../present/capabilities.ts";
import { roleOf } from "../sharing/access.ts";
import { isAtLeast } from "../sharing/role.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { requireSharedDrive } from "./require-shared-drive.ts";

/**
 * Deletes a file for good, past the trash; a folder goes with all of its owner's that is in it. Throws 404 as
 * requireFile does, and 403 `insufficientFilePermissions` for all but the owner, or a manager in a shared drive.
 */
export function deleteFile(store: DriveStore, caller: Caller, fileId: string): void {
  const file = requireWritableFile(store, caller, fileId, "reader");
  if (!canDelete(file, roleOf(store, caller, file))) throw insufficientFilePermissions();
  store.remove(file.id);
}

/**
 * Deletes all that lies in the trash of the user, or of a shared drive. Throws 404 for a drive of which the user is no
 * member, and 403 `insufficientFilePermissions` for members other than managers.
 */
export function emptyTrash(store: DriveStore, caller: Caller, driveId: string | undefined): void {
  for (const { id } of itemsWithTrash(store, caller, driveId).filter(({ trashed }) => trashed)) {
    store.remove(id);
  }
}

function itemsWithTrash(store: DriveStore, caller: Caller, driveId: string | undefined): DriveFile[] {
  if (driveId === undefined) return store.listAll(caller.account.sub);
  const drive = requireSharedDrive(store, caller, driveId);
  if (!isAtLeast(roleOf(store, caller, drive), "organizer")) throw insufficientFilePermissions();
  return store.itemsOf(driveId);
}
