import type { Caller } from "../caller.ts";
import { fileNotFound, forbidden } from "../errors.ts";
import { type DriveFile, isFolder } from "../file.ts";
import { roleOf } from "../sharing/access.ts";
import { isAtLeast } from "../sharing/role.ts";
import { driveIdOf } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";

/**
 * A folder in which the user may put files; the alias `root` is the user's own. Whether the folder was granted to the
 * application does not matter here. Throws 404 naming the folder when the user has no such file, or when it lies in a
 * shared drive of which the call does not know; 403 `parentNotAFolder` when it is not a folder, and
 * `insufficientParentPermissions` when the user may not add to it.
 */
export function requireFolder(store: DriveStore, caller: Caller, folderId: string): DriveFile {
  const folder = store.get(folderId === "root" ? store.rootId(caller.account.sub) : folderId);
  const role = folder === undefined ? null : roleOf(store, caller, folder);
  if (folder === undefined || role === null) throw fileNotFound(folderId);
  if (driveIdOf(folder) !== null && !caller.supportsAllDrives) throw fileNotFound(folderId);
  if (!isFolder(folder)) throw forbidden("parentNotAFolder", "The specified parent is not a folder.");
  if (!isAtLeast(role, "writer")) {
    throw forbidden(
      "insufficientParentPermissions",
      "Insufficient permissions for the specified parent.",
      "parents",
    );
  }
  return folder;
}

/** 403 `cannotAddParent`: a file lies in exactly one folder. */
export function tooManyParents() {
  return forbidden("cannotAddParent", "Increasing the number of parents is not allowed");
}
