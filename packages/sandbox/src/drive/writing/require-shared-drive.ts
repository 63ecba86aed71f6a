import type { Caller } from "../caller.ts";
import { forbidden, sharedDriveNotFound } from "../errors.ts";
import type { DriveFile } from "../file.ts";
import { roleOf } from "../sharing/access.ts";
import { driveIdOf, isSharedDrive } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";

/**
 * The root of a shared drive of which the user is a member. Throws 404 `notFound` for others, and 403
 * `teamDriveMembershipRequired` for somebody who knows the drive, because an item in it is shared with them.
 */
export function requireSharedDrive(store: DriveStore, caller: Caller, driveId: string): DriveFile {
  const drive = store.get(driveId);
  if (drive === undefined || !isSharedDrive(drive)) throw sharedDriveNotFound(driveId);
  if (roleOf(store, caller, drive) !== null) return drive;
  const isKnown = store.sharedWith(caller.account.sub).some((item) => driveIdOf(item) === driveId);
  if (!isKnown) throw sharedDriveNotFound(driveId);
  const message = "The user must be a member of the shared drive to perform this action.";
  throw forbidden("teamDriveMembershipRequired", message);
}
