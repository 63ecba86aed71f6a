import { type Caller, requireWritableFile } from "../caller.ts";
import type { CollectedContent } from "../content.ts";
import { conversionNotSupported, forbidden, insufficientFilePermissions } from "../errors.ts";
import { type DriveFile, isConversion, NATIVE_MIME_PREFIX } from "../file.ts";
import { canTrash } from "../present/capabilities.ts";
import { roleOf } from "../sharing/access.ts";
import { driveIdOf, sharingOf } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";
import type { FilePatch } from "../store/file-patch.ts";
import { parseTimestamp } from "../timestamps.ts";
import { changeProperties } from "./create-file.ts";
import { moveOf } from "./move-file.ts";
import type { FileBody } from "./parse-file-body.ts";
import { requireProperties } from "./require-properties.ts";
import { requireStorage } from "./require-storage.ts";

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
 * unknown file or folder, 403 when the file may not be written, trashed or moved there, or when the body has `parents`, and
 * 400 when it would become another kind of item, or is of a kind that has no bytes. `contentBytes` is the size that new
 * content will have; null when there is none, or its size is not known yet. Throws 403 `storageQuotaExceeded` when its
 * owner has no room for so much.
 */
export function checkChange(
  store: DriveStore,
  caller: Caller,
  change: Change,
  contentBytes: number | null = null,
): DriveFile {
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
  const givesBytes = change.mediaType !== null && file.mimeType.startsWith(NATIVE_MIME_PREFIX);
  const mimeType = change.body.mimeType ?? change.mediaType ?? file.mimeType;
  if (givesBytes || isConversion(file.mimeType, mimeType)) {
    throw conversionNotSupported();
  }
  if (change.body.trashed !== undefined && !canTrash(file, roleOf(store, caller, file))) {
    throw insufficientFilePermissions();
  }
  moveOf(store, caller, file, change);
  requireStorage(store, caller, {
    ownerSub: driveIdOf(file) === null ? file.ownerSub : null,
    addedBytes: (contentBytes ?? 0) - (file.blob?.content.sizeBytes ?? 0),
  });
  return file;
}

/** Changes a file; new bytes make a new revision. Throws like {@link checkChange}. */
export function changeFile(
  store: DriveStore,
  caller: Caller,
  change: Change & { readonly content: CollectedContent | null; readonly nowMs: number },
): DriveFile {
  const file = checkChange(store, caller, change, change.content?.content.sizeBytes);
  const move = moveOf(store, caller, file, change);
  const patch = { ...patchOf(file, caller, change), ...timePatch(change), ...move };
  if (patch.properties ?? patch.appProperties) requireProperties({ ...file, ...patch });
  return store.update(file.id, { ...patch, ...sharingPatch({ ...file, ...move }, caller, change) });
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

/** Who did it is noted where others than the owner write, and what only those have to know whom the item is shared with. */
function sharingPatch(
  file: DriveFile,
  { account }: Caller,
  { body, nowMs }: { body: FileBody; nowMs: number },
): FilePatch {
  const { copyRequiresWriterPermission = sharingOf(file).copyRequiresWriterPermission } = body;
  const isOwner = file.ownerSub === account.sub;
  if (isOwner && !copyRequiresWriterPermission && file.sharing === null) return {};
  const modifiedBySub = isOwner ? null : account.sub;
  const isTrashedInDrive = body.trashed === true && driveIdOf(file) !== null;
  const trashing = isTrashedInDrive ? { timeMs: nowMs, bySub: account.sub } : sharingOf(file).trashing;
  return { sharing: { ...sharingOf(file), copyRequiresWriterPermission, modifiedBySub, trashing } };
}
