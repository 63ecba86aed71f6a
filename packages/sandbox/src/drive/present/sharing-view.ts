import { canSee } from "../caller.ts";
import type { DriveFile } from "../file.ts";
import { requiresWriter, roleOf } from "../sharing/access.ts";
import { effectivePermissions } from "../sharing/effective-permissions.ts";
import { sharedWithMe } from "../sharing/shared-with-me.ts";
import { driveIdOf, sharingOf } from "../sharing/sharing-of.ts";
import { formatTimestamp } from "../timestamps.ts";
import { canShare } from "./capabilities.ts";
import type { Viewer } from "./file-view.ts";
import { presentPerson } from "./person.ts";
import { presentPermissions } from "./present-permission.ts";

/** What a shortcut points at. The type is the one that the target had when the shortcut was made, and may be stale. */
export function shortcutDetails(file: DriveFile, { store, caller }: Viewer): object | undefined {
  if (file.shortcutTargetId === null) return undefined;
  const target = store.get(file.shortcutTargetId);
  const live = target !== undefined && canSee(store, caller, target) ? target.mimeType : null;
  const targetMimeType = file.shortcutTargetMimeType ?? live;
  const targetResourceKey = target?.sharing?.resourceKey ?? null;
  return {
    targetId: file.shortcutTargetId,
    ...(targetMimeType !== null && { targetMimeType }),
    ...(targetResourceKey !== null && { targetResourceKey }),
  };
}

/** The folder that holds the item, when the user sees it: what was shared alone has no parent for others. */
export function parents(file: DriveFile, { store, caller }: Viewer): string[] | undefined {
  const folder = file.parentId === null ? undefined : store.get(file.parentId);
  return folder === undefined || roleOf(store, caller, folder) === null ? undefined : [folder.id];
}

/** The owner; items of shared drives have none. */
export function owners(file: DriveFile, viewer: Viewer): object[] | undefined {
  const owner = driveIdOf(file) === null ? presentPerson(file.ownerSub, viewer) : undefined;
  return owner && [owner];
}

/** Whether the user owns the item; not told of items of shared drives. */
export function ownedByMe(file: DriveFile, { caller }: Viewer): boolean | undefined {
  return driveIdOf(file) === null ? file.ownerSub === caller.account.sub : undefined;
}

/** Whether anybody beside the owner may use the item; not told of items of shared drives. */
export function shared(file: DriveFile, { store }: Viewer): boolean | undefined {
  return driveIdOf(file) === null ? effectivePermissions(store, file).length > 1 : undefined;
}

/** Who may use the item, for those who may share it; not told of items of shared drives. */
export function permissions(file: DriveFile, viewer: Viewer): object[] | undefined {
  if (driveIdOf(file) !== null) return undefined;
  const role = roleOf(viewer.store, viewer.caller, file);
  return canShare(file, role) ? presentPermissions(file, viewer) : undefined;
}

/** The ids of those who may use the item. */
export function permissionIds(file: DriveFile, { store, caller }: Viewer): string[] | undefined {
  if (!canShare(file, roleOf(store, caller, file))) return undefined;
  return effectivePermissions(store, file).map(({ id }) => id);
}

/** Whether the item itself is shared, beside what its shared drive gives; not told of items of My Drive. */
export function hasAugmentedPermissions(file: DriveFile): boolean | undefined {
  return driveIdOf(file) === null ? undefined : sharingOf(file).permissions.length > 0;
}

/** Since when the item is among those shared with the user. */
export function sharedWithMeTime(file: DriveFile, { store, caller }: Viewer): string | undefined {
  const found = sharedWithMe(store, caller.account, file);
  return found === null ? undefined : formatTimestamp(found.timeMs);
}

/** Who shared the item with the user. */
export function sharingUser(file: DriveFile, viewer: Viewer): object | undefined {
  const found = sharedWithMe(viewer.store, viewer.caller.account, file);
  return presentPerson(found?.bySub ?? null, viewer);
}

/** Who changed the item last. */
export function lastModifyingUser(file: DriveFile, viewer: Viewer): object | undefined {
  return presentPerson(sharingOf(file).modifiedBySub ?? file.ownerSub, viewer);
}

/** Whether the user is the one who changed the item last. */
export function modifiedByMe(file: DriveFile, { caller }: Viewer): boolean {
  return (sharingOf(file).modifiedBySub ?? file.ownerSub) === caller.account.sub;
}

/** When the item of a shared drive was trashed; of others that is not told. */
export function trashedTime(file: DriveFile): string | undefined {
  const { trashing } = sharingOf(file);
  return file.trashed && trashing !== null ? formatTimestamp(trashing.timeMs) : undefined;
}

/** Who trashed the item of a shared drive. */
export function trashingUser(file: DriveFile, viewer: Viewer): object | undefined {
  const { trashing } = sharingOf(file);
  return file.trashed ? presentPerson(trashing?.bySub ?? null, viewer) : undefined;
}

/** Whether readers get no bytes; a file that nobody may download is one of those. */
export function copyRequiresWriterPermission(file: DriveFile, { store }: Viewer): boolean {
  return !file.canDownload || requiresWriter(store, file);
}
