import type { Caller } from "../caller.ts";
import { forbidden, insufficientFilePermissions, sharedDriveExists } from "../errors.ts";
import type { DriveFile } from "../file.ts";
import { roleOf } from "../sharing/access.ts";
import { isAtLeast } from "../sharing/role.ts";
import { sharingOf } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { requireSharedDrive } from "./require-shared-drive.ts";

/**
 * Makes a shared drive, of which the user is the manager. Throws 403 `userCannotCreateTeamDrives` for accounts that
 * belong to no Workspace domain, and 409 `teamDriveAlreadyExists` for a request id used before; `requestIds` are those
 * since the sandbox started.
 */
export function createDrive(
  store: DriveStore,
  caller: Caller,
  { name, requestId, requestIds }: { name: string; requestId: string; requestIds: Set<string> },
): DriveFile {
  if (caller.account.hd === undefined) {
    const message = "The user does not have permission to create shared drives.";
    throw forbidden("userCannotCreateTeamDrives", message);
  }
  const key = `${caller.account.sub} ${requestId}`;
  if (requestIds.has(key)) throw sharedDriveExists();
  const drive = store.addSharedDrive({ name, members: [{ email: caller.account.email, role: "organizer" }] });
  requestIds.add(key);
  return drive;
}

/** Renames a shared drive or restricts its readers. Throws 404 for strangers and 403 for all but managers. */
export function changeDrive(
  store: DriveStore,
  caller: Caller,
  change: { driveId: string; name?: string | undefined; copyRequiresWriterPermission?: boolean | undefined },
): DriveFile {
  const drive = requireManaged(store, caller, change.driveId);
  const { name = drive.name, copyRequiresWriterPermission } = change;
  const sharing = sharingOf(drive);
  return store.update(drive.id, {
    name,
    sharing: {
      ...sharing,
      copyRequiresWriterPermission: copyRequiresWriterPermission ?? sharing.copyRequiresWriterPermission,
    },
  });
}

/**
 * Deletes a shared drive. Throws 404 for strangers, 403 for all but managers, and 403
 * `cannotDeleteResourceWithChildren` while anything is in it that is not trashed.
 */
export function deleteDrive(store: DriveStore, caller: Caller, driveId: string): void {
  const drive = requireManaged(store, caller, driveId);
  if (store.childrenOf(drive.id).some(({ trashed }) => !trashed)) {
    const message = "The shared drive cannot be deleted while it contains untrashed items.";
    throw forbidden("cannotDeleteResourceWithChildren", message);
  }
  store.remove(drive.id);
}

/** Hides a shared drive from the user's view, or shows it again. Throws 404 and 403 for those who are no members. */
export function hideDrive(store: DriveStore, caller: Caller, driveId: string, hidden: boolean): DriveFile {
  const drive = requireSharedDrive(store, caller, driveId);
  const { permissionId } = caller.account;
  const permissions = sharingOf(drive).permissions.map((each) =>
    each.id === permissionId ? { ...each, hidden } : each,
  );
  return store.update(drive.id, { sharing: { ...sharingOf(drive), permissions } });
}

function requireManaged(store: DriveStore, caller: Caller, driveId: string): DriveFile {
  const drive = requireSharedDrive(store, caller, driveId);
  if (!isAtLeast(roleOf(store, caller, drive), "organizer")) throw insufficientFilePermissions();
  return drive;
}
