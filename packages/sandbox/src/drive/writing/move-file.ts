import type { Caller } from "../caller.ts";
import { forbidden, insufficientFilePermissions } from "../errors.ts";
import { type DriveFile, isFolder } from "../file.ts";
import { canMoveOutOfDrive, canMoveWithinDrive } from "../present/capabilities.ts";
import { roleOf } from "../sharing/access.ts";
import { driveIdOf, sharingOf } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";
import type { FilePatch } from "../store/file-patch.ts";
import { requireFolder, tooManyParents } from "./require-folder.ts";
import { requireRoom } from "./require-room.ts";
import { requireStorage } from "./require-storage.ts";

/** The folders to come and to go, as the query has them: ids separated by commas. */
interface Move {
  readonly addParents: string | undefined;
  readonly removeParents: string | undefined;
}

/**
 * Works out what a move changes in a file, without making it; nothing when the file stays where it is. A file lies in
 * exactly one folder: to add one, the former must be taken away by the same request. Into a shared drive the owner moves
 * files, out of it a manager, who then owns them; folders do not go from drive to drive here.
 * Throws 404 for an unknown folder, and 403 with Drive's reasons when the user may not move the file there.
 */
export function moveOf(store: DriveStore, caller: Caller, file: DriveFile, move: Move): FilePatch {
  const folder = folderAfter(store, caller, file, move);
  if (folder === null || folder.id === file.parentId) return {};
  if (store.isWithin(folder.id, file.id)) {
    throw forbidden("cyclicParents", "A folder cannot be moved into itself or a folder below it.");
  }
  const isNewToDrive = driveIdOf(folder) !== driveIdOf(file);
  const folderLevels = folderLevelsOf(store, file);
  requireRoom(store, folder, { folderLevels, limits: caller.limits, isNewToDrive });
  const role = roleOf(store, caller, file);
  if (!isNewToDrive) {
    if (!canMoveWithinDrive(file, role)) throw insufficientFilePermissions();
    return { parentId: folder.id };
  }
  if (driveIdOf(folder) !== null) requireMovableIn(file);
  if (!canMoveOutOfDrive(file, role)) throw insufficientFilePermissions();
  const newOwnerSub = driveIdOf(folder) === null ? caller.account.sub : null;
  requireStorage(store, caller, { ownerSub: newOwnerSub, addedBytes: file.blob?.content.sizeBytes ?? 0 });
  return { parentId: folder.id, ...newHome(caller, file, driveIdOf(folder)) };
}

function folderAfter(store: DriveStore, caller: Caller, file: DriveFile, move: Move): DriveFile | null {
  const removed = new Set(
    idsOf(move.removeParents).map((id) => (id === "root" ? store.rootId(caller.account.sub) : id)),
  );
  const added = idsOf(move.addParents).map((id) => requireFolder(store, caller, id));
  const isKept = file.parentId !== null && !removed.has(file.parentId);
  const others = added.filter(({ id }) => id !== file.parentId);
  if (others.length + (isKept ? 1 : 0) > 1) throw tooManyParents();
  if (isKept || file.parentId === null) return null;
  return added[0] ?? store.get(driveIdOf(file) ?? store.rootId(file.ownerSub)) ?? null;
}

/** How many levels of folders an item is, with the folders below it. */
function folderLevelsOf(store: DriveStore, file: DriveFile): number {
  let levels = 0;
  for (let at = [file].filter(isFolder); at.length > 0; levels += 1)
    at = at.flatMap(({ id }) => store.childrenOf(id).filter(isFolder));
  return levels;
}

function requireMovableIn(file: DriveFile): void {
  if (isFolder(file)) {
    const message = "Moving folders into shared drives is not supported.";
    throw forbidden("teamDrivesFolderMoveInNotSupported", message);
  }
  if (file.trashed) {
    const message = "Trashed items cannot be moved into a shared drive.";
    throw forbidden("cannotMoveTrashedItemIntoTeamDrive", message);
  }
}

function newHome({ account }: Caller, file: DriveFile, driveId: string | null): FilePatch {
  const sharing = { ...sharingOf(file), driveId, modifiedBySub: account.sub };
  return { ownerSub: driveId ?? account.sub, sharing };
}

function idsOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(",").filter((id) => id !== "");
}
