import type { Caller } from "../caller.ts";
import { type CollectedContent, collect } from "../content.ts";
import {
  badRequest,
  conversionNotSupported,
  fileIdInUse,
  fileNotFound,
  forbidden,
  invalidValue,
} from "../errors.ts";
import {
  type DriveFile,
  FOLDER_MIME,
  isDocsEditorsMime,
  NATIVE_MIME_PREFIX,
  SHORTCUT_MIME,
} from "../file.ts";
import { roleOf } from "../sharing/access.ts";
import { driveIdOf } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";
import type { FileBody, PropertyChanges } from "./parse-file-body.ts";
import { requireFolder, tooManyParents } from "./require-folder.ts";
import { requireProperties } from "./require-properties.ts";
import { requireRoom } from "./require-room.ts";
import { requireStorage } from "./require-storage.ts";

/** A file to be made. */
export interface Creation {
  readonly body: FileBody;
  /** The type that the upload gives its bytes; null when nothing is uploaded. */
  readonly mediaType: string | null;
}

/**
 * Makes sure that the file can be made now, without making it. Throws 404 for an unknown parent, 403 for a parent that
 * is no folder, in which there is no room or to which the user may not add, or for several, 409 `fileIdInUse`, and 400 for
 * an id that was not reserved by files.generateIds. A shortcut needs a target that the user has (else 404), and that is no
 * shortcut itself (403 `shortcutTargetInvalid`; the status is a guess). `contentBytes` is the size that the file will have;
 * left out, it is not known yet. Throws 403 `storageQuotaExceeded` when there is no room for so much, and like
 * {@link requireProperties}.
 */
export function checkCreation(
  store: DriveStore,
  caller: Caller,
  { body, mediaType }: Creation,
  contentBytes = 0,
): void {
  if ((body.parents?.length ?? 0) > 1) throw tooManyParents();
  const folder = requireFolder(store, caller, body.parents?.[0] ?? "root");
  const mimeType = mimeTypeOf({ body, mediaType });
  const folderLevels = mimeType === FOLDER_MIME ? 1 : 0;
  requireRoom(store, folder, { folderLevels, limits: caller.limits, isNewToDrive: true });
  requireProperties(propertiesOf(caller, body));
  if (body.id !== undefined) checkId(store, caller, body.id, mimeType);
  if (mediaType !== null && mimeType.startsWith(NATIVE_MIME_PREFIX)) {
    throw conversionNotSupported();
  }
  if (mimeType === SHORTCUT_MIME) requireTarget(store, caller, body.shortcutTargetId);
  const ownerSub = driveIdOf(folder) === null ? caller.account.sub : null;
  requireStorage(store, caller, { ownerSub, addedBytes: contentBytes });
}

function requireTarget(store: DriveStore, caller: Caller, targetId: string | undefined): void {
  if (targetId === undefined) throw invalidValue("shortcutDetails.targetId");
  const target = store.get(targetId);
  if (target === undefined || roleOf(store, caller, target) === null) throw fileNotFound(targetId);
  if (target.mimeType === SHORTCUT_MIME) {
    throw forbidden("shortcutTargetInvalid", "The target of a shortcut cannot be a shortcut.");
  }
}

/**
 * Makes a file and gives it to the application that asked for it. Without an upload, a file of a type that has bytes
 * has none of them yet. Throws like {@link checkCreation}.
 */
export function createFile(
  store: DriveStore,
  caller: Caller,
  { body, mediaType, content }: Creation & { readonly content: CollectedContent | null },
): DriveFile {
  checkCreation(store, caller, { body, mediaType }, content?.content.sizeBytes);
  const { parents, ...rest } = body;
  const mimeType = mimeTypeOf({ body, mediaType });
  const file = store.addFile(caller.account.sub, {
    ...rest,
    name: body.name ?? nameOf(store, body),
    mimeType,
    parentId: requireFolder(store, caller, parents?.[0] ?? "root").id,
    content: mimeType.startsWith(NATIVE_MIME_PREFIX) ? null : (content ?? collect(new Uint8Array())),
    ...propertiesOf(caller, body),
  });
  store.grantFile({ clientId: caller.clientId, sub: caller.account.sub, fileId: file.id });
  return file;
}

/** A file without a name is called as every other is; a shortcut is called like its target. */
function nameOf(store: DriveStore, { shortcutTargetId }: FileBody): string {
  return (shortcutTargetId === undefined ? undefined : store.get(shortcutTargetId)?.name) ?? "Untitled";
}

/** Properties after a change: null takes one away, the others stay or are set. */
export function changeProperties(
  former: Readonly<Record<string, string>>,
  changes: PropertyChanges = {},
): Record<string, string> {
  const changed = new Map(Object.entries(former));
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) changed.delete(key);
    else changed.set(key, value);
  }
  return Object.fromEntries(changed);
}

function propertiesOf({ clientId }: Caller, { properties, appProperties }: FileBody) {
  return {
    properties: changeProperties({}, properties),
    appProperties: appProperties ? { [clientId]: changeProperties({}, appProperties) } : {},
  };
}

function mimeTypeOf({ body, mediaType }: Creation): string {
  return body.mimeType ?? mediaType ?? "application/octet-stream";
}

function checkId(store: DriveStore, caller: Caller, id: string, mimeType: string): void {
  if (store.get(id) !== undefined) throw fileIdInUse();
  if (!store.isReserved(caller.account.sub, id))
    throw badRequest("The provided file ID is not usable.", "invalid");
  if (isDocsEditorsMime(mimeType)) {
    throw badRequest("Generated IDs are not supported for Docs Editors formats.", "invalid");
  }
}
