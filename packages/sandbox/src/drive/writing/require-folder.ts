import type { Caller } from "../caller.ts";
import { fileNotFound, forbidden } from "../errors.ts";
import { isFolder } from "../file.ts";
import type { DriveStore } from "../store/drive-store.ts";

/**
 * The id of a folder in which the user may put files; the alias `root` becomes the real id. Whether the folder was
 * granted to the application does not matter here. Throws 404 naming the folder when the user has no such file, and
 * 403 `parentNotAFolder` when it is not a folder.
 */
export function requireFolderId(store: DriveStore, caller: Caller, folderId: string): string {
  const folder = store.get(folderId === "root" ? store.rootId(caller.account.sub) : folderId);
  if (folder?.ownerSub !== caller.account.sub) throw fileNotFound(folderId);
  if (!isFolder(folder)) throw forbidden("parentNotAFolder", "The specified parent is not a folder.");
  return folder.id;
}

/** 403 `cannotAddParent`: a file lies in exactly one folder. */
export function tooManyParents() {
  return forbidden("cannotAddParent", "Increasing the number of parents is not allowed");
}
