import { type Caller, canReadContent, isDownloadable, requireFile } from "../caller.ts";
import { conversionNotSupported, forbidden } from "../errors.ts";
import { type DriveFile, isConversion, isFolder } from "../file.ts";
import { roleOf } from "../sharing/access.ts";
import { isAtLeast } from "../sharing/role.ts";
import { driveIdOf } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { changeProperties, checkCreation } from "./create-file.ts";
import type { FileBody } from "./parse-file-body.ts";
import { requireFolder } from "./require-folder.ts";
import { requireProperties } from "./require-properties.ts";

/**
 * Copies a file, with what the body says instead, and gives the copy to the application that asked for it. The copy lies
 * beside the original, when the user may put it there, or in the user's root, and belongs to the user; its bytes are
 * those of the original and are not copied. Times are those of the copying, unless named. Documents, and shortcuts as
 * shortcuts, are copied too. Throws 404 as requireFile does and for an unknown parent, 403 `cannotCopyFile` for folders and
 * what the user may not download, 400 for a conversion, and 409 `fileIdInUse`, as files.create does.
 */
export function copyFile(
  store: DriveStore,
  caller: Caller,
  { fileId, body }: { fileId: string; body: FileBody },
): DriveFile {
  const original = requireFile(store, caller, fileId);
  if (isFolder(original) || !isCopyable(store, caller, original)) {
    throw forbidden("cannotCopyFile", "This file cannot be copied by the user.");
  }
  const mimeType = body.mimeType ?? original.mimeType;
  if (isConversion(original.mimeType, mimeType)) throw conversionNotSupported();
  const parents = body.parents ?? [placeOf(store, caller, original)];
  const whole = { ...overridable(original, caller), ...body, mimeType, parents };
  checkCreation(store, caller, { body: whole, mediaType: null }, original.blob?.content.sizeBytes);
  const copy = addCopy(store, caller, original, whole);
  store.grantFile({ clientId: caller.clientId, sub: caller.account.sub, fileId: copy.id });
  return copy;
}

function isCopyable(store: DriveStore, caller: Caller, original: DriveFile): boolean {
  return isDownloadable(store, caller, original) && canReadContent(store, caller, original);
}

function overridable(original: DriveFile, { clientId }: Caller): FileBody {
  return {
    name: `Copy of ${original.name}`,
    ...(original.description !== null && { description: original.description }),
    ...(original.blob && { originalFilename: original.blob.originalFilename }),
    ...(original.shortcutTargetId !== null && { shortcutTargetId: original.shortcutTargetId }),
    properties: original.properties,
    appProperties: original.appProperties[clientId] ?? {},
  };
}

function placeOf(store: DriveStore, caller: Caller, original: DriveFile): string {
  const folder = original.parentId === null ? undefined : store.get(original.parentId);
  if (folder === undefined || (driveIdOf(folder) !== null && !caller.supportsAllDrives)) return "root";
  return isAtLeast(roleOf(store, caller, folder), "writer") ? folder.id : "root";
}

function addCopy(store: DriveStore, caller: Caller, original: DriveFile, body: FileBody): DriveFile {
  const { parents, properties, appProperties, ...rest } = body;
  const kept = {
    properties: changeProperties(original.properties, properties),
    appProperties: { [caller.clientId]: changeProperties({}, appProperties) },
  };
  requireProperties(kept);
  return store.addFile(caller.account.sub, {
    ...rest,
    name: body.name ?? original.name,
    mimeType: body.mimeType ?? original.mimeType,
    parentId: requireFolder(store, caller, parents?.[0] ?? "root").id,
    content: store.shareContent(original),
    exports: Object.fromEntries(original.exports),
    ...(original.imageMediaMetadata && { imageMediaMetadata: original.imageMediaMetadata }),
    abusive: original.abusive,
    canDownload: original.canDownload,
    ...kept,
  });
}
