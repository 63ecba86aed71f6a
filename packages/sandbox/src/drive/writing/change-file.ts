import { type Caller, requireWritableFile } from "../caller.ts";
import type { CollectedContent } from "../content.ts";
import { badRequest, forbidden, insufficientFilePermissions } from "../errors.ts";
import { type DriveFile, NATIVE_MIME_PREFIX } from "../file.ts";
import type { DriveStore, FilePatch } from "../store/drive-store.ts";
import { parseTimestamp } from "../timestamps.ts";
import { changeProperties } from "./create-file.ts";
import type { FileBody } from "./parse-file-body.ts";
import { requireFolderId, tooManyParents } from "./require-folder.ts";

/** A change to a file that is there. */
export interface Change {
  readonly fileId: string;
  readonly body: FileBody;
  /** Ids of folders, as the query has them: separated by commas. */
  readonly addParents: string | undefined;
  readonly removeParents: string | undefined;
  /** The type that the upload gives its bytes; null when nothing is uploaded. */
  readonly mediaType: string | null;
}

/**
 * Makes sure that the change can be made now, without making it, and gives the file as it is. Throws 404 for an
 * unknown file or folder, 403 when the file may not be written, moved there, or given bytes, or when the body has `parents`.
 */
export function checkChange(store: DriveStore, caller: Caller, change: Change): DriveFile {
  const file = requireWritableFile(store, caller, change.fileId);
  if (change.body.parents !== undefined) {
    throw forbidden(
      "fieldNotWritable",
      "The parents field is not directly writable in update requests. Use the addParents and removeParents parameters instead.",
    );
  }
  if (change.body.id !== undefined && change.body.id !== file.id) {
    throw forbidden("fieldNotWritable", "The resource body includes fields which are not directly writable.");
  }
  if (file.parentId === null && movesOrTrashes(change)) throw insufficientFilePermissions();
  if (change.mediaType !== null && file.mimeType.startsWith(NATIVE_MIME_PREFIX)) {
    throw badRequest("The requested conversion is not supported.", "badRequest", "convertTo");
  }
  parentAfter(store, caller, file, change);
  return file;
}

/** Changes a file; new bytes make a new revision. Throws like {@link checkChange}. */
export function changeFile(
  store: DriveStore,
  caller: Caller,
  change: Change & { readonly content: CollectedContent | null; readonly nowMs: number },
): DriveFile {
  const file = checkChange(store, caller, change);
  const parentId = parentAfter(store, caller, file, change);
  return store.update(file.id, { ...patchOf(file, caller, change), parentId, ...timePatch(change) });
}

function movesOrTrashes({ body, addParents, removeParents }: Change): boolean {
  return body.trashed === true || addParents !== undefined || removeParents !== undefined;
}

function patchOf(
  file: DriveFile,
  caller: Caller,
  change: Change & { content: CollectedContent | null },
): FilePatch {
  const { name, description, starred, trashed, properties, appProperties } = change.body;
  const mimeType = change.body.mimeType ?? change.mediaType ?? undefined;
  const own = appProperties && changeProperties(file.appProperties[caller.clientId] ?? {}, appProperties);
  return {
    ...(name !== undefined && { name }),
    ...(mimeType !== undefined && { mimeType }),
    ...(description !== undefined && { description }),
    ...(starred !== undefined && { starred }),
    ...(trashed !== undefined && { trashed }),
    ...(properties && { properties: changeProperties(file.properties, properties) }),
    ...(own && { appProperties: { ...file.appProperties, [caller.clientId]: own } }),
    ...(change.content && { content: change.content, imageMediaMetadata: null }),
  };
}

/** The time of modification is the one that the body names, or now; trashing and moving leave it alone. */
function timePatch({ body, content, nowMs }: Change & { content: unknown; nowMs: number }): FilePatch {
  const named = body.modifiedTime === undefined ? null : parseTimestamp(body.modifiedTime);
  if (named !== null) return { modifiedTimeMs: named };
  const isEdit = body.name !== undefined || body.description !== undefined || content !== null;
  return isEdit ? { modifiedTimeMs: nowMs } : {};
}

/** A file lies in exactly one folder: to add one, the former must be taken away by the same request. */
function parentAfter(store: DriveStore, caller: Caller, file: DriveFile, change: Change): string | null {
  const added = idsOf(change.addParents).map((id) => requireFolderId(store, caller, id));
  const removed = new Set(
    idsOf(change.removeParents).map((id) => (id === "root" ? store.rootId(file.ownerSub) : id)),
  );
  const kept = file.parentId !== null && !removed.has(file.parentId) ? [file.parentId] : [];
  const parents = [...new Set([...kept, ...added])];
  if (parents.length > 1) throw tooManyParents();
  const parentId = parents[0] ?? (file.parentId === null ? null : store.rootId(file.ownerSub));
  if (parentId !== null && store.isWithin(parentId, file.id)) {
    throw forbidden("cyclicParents", "A folder cannot be moved into itself or a folder below it.");
  }
  return parentId;
}

function idsOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(",").filter((id) => id !== "");
}
