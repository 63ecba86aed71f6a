import { forbidden } from "../errors.ts";
import type { DriveFile } from "../file.ts";
import type { PlaceLimits } from "../sharing/call-terms.ts";
import { driveIdOf } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";

/**
 * Makes sure that there is room in a folder for one item more. Throws 403 `teamDriveFileLimitExceeded` when its shared
 * drive is full, `numChildrenInNonRootLimitExceeded` when the folder is, and `myDriveHierarchyDepthLimitExceeded` or
 * `teamDriveHierarchyTooDeep` where a folder would lie below too many others. `folderLevels` says how many levels of
 * folders come in: 0 with a file, 1 with a folder, more with what a moved folder holds.
 */
export function requireRoom(
  store: DriveStore,
  folder: DriveFile,
  {
    folderLevels,
    limits,
    isNewToDrive,
  }: { folderLevels: number; limits: PlaceLimits; isNewToDrive: boolean },
): void {
  const driveId = driveIdOf(folder);
  if (driveId !== null && isNewToDrive && store.itemCount(driveId) > limits.sharedDriveItemLimit) {
    throw forbidden("teamDriveFileLimitExceeded", "The file limit for this shared drive has been exceeded.");
  }
  if (folder.parentId !== null && store.childCount(folder.id) >= limits.folderChildLimit) {
    const message = "The limit for the number of children (files and folders) in a folder has been exceeded.";
    throw forbidden("numChildrenInNonRootLimitExceeded", message);
  }
  if (folderLevels > 0 && depthOf(store, folder) + folderLevels > limits.folderDepthLimit) {
    throw tooDeep(driveId);
  }
}

function tooDeep(driveId: string | null) {
  return driveId === null
    ? forbidden("myDriveHierarchyDepthLimitExceeded", "Your My Drive has too many levels of folders.")
    : forbidden("teamDriveHierarchyTooDeep", "The shared drive has too many levels of folders.");
}

/** How many folders lie above an item's children, the root not counted. */
function depthOf(store: DriveStore, folder: DriveFile): number {
  let depth = 0;
  for (let at: DriveFile | undefined = folder; at !== undefined && at.parentId !== null; depth += 1)
    at = store.get(at.parentId);
  return depth;
}
