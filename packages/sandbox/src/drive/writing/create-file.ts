import type { Caller } from "../caller.ts";
import { type CollectedContent, collect } from "../content.ts";
import { badRequest, fileIdInUse, invalidValue } from "../errors.ts";
import { type DriveFile, isDocsEditorsMime, NATIVE_MIME_PREFIX, SHORTCUT_MIME } from "../file.ts";
import type { DriveStore } from "../store/drive-store.ts";
import type { FileBody, PropertyChanges } from "./parse-file-body.ts";
import { requireFolderId, tooManyParents } from "./require-folder.ts";

/** A file to be made. */
export interface Creation {
  readonly body: FileBody;
  /** The type that the upload gives its bytes; null when nothing is uploaded. */
  readonly mediaType: string | null;
}

/**
 * Makes sure that the file can be made now, without making it. Throws 404 for an unknown parent, 403 for a parent that
 * is no folder or for several, 409 `fileIdInUse`, and 400 for an id that was not reserved by files.generateIds.
 */
export function checkCreation(store: DriveStore, caller: Caller, { body, mediaType }: Creation): void {
  if ((body.parents?.length ?? 0) > 1) throw tooManyParents();
  requireFolderId(store, caller, body.parents?.[0] ?? "root");
  const mimeType = mimeTypeOf({ body, mediaType });
  if (body.id !== undefined) checkId(store, caller, body.id, mimeType);
  if (mediaType !== null && mimeType.startsWith(NATIVE_MIME_PREFIX)) {
    throw badRequest("The requested conversion is not supported.", "badRequest", "convertTo");
  }
  if (mimeType === SHORTCUT_MIME && body.shortcutTargetId === undefined)
    throw invalidValue("shortcutDetails.targetId");
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
  checkCreation(store, caller, { body, mediaType });
  const { parents, properties, appProperties, ...rest } = body;
  const mimeType = mimeTypeOf({ body, mediaType });
  const file = store.addFile(caller.account.sub, {
    ...rest,
    name: body.name ?? "Untitled",
    mimeType,
    parentId: requireFolderId(store, caller, parents?.[0] ?? "root"),
    content: mimeType.startsWith(NATIVE_MIME_PREFIX) ? null : (content ?? collect(new Uint8Array())),
    properties: changeProperties({}, properties),
    appProperties: appProperties ? { [caller.clientId]: changeProperties({}, appProperties) } : {},
  });
  store.grantFile({ clientId: caller.clientId, sub: caller.account.sub, fileId: file.id });
  return file;
}

/** Properties after a change: null takes one away, the others stay or are set. */
export function changeProperties(
  former: Readonly<Record<string, string>>,
  changes: PropertyChanges = {},
): Record<string, string> {
  const changed: Record<string, string> = { ...former };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete changed[key];
    else changed[key] = value;
  }
  return changed;
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
