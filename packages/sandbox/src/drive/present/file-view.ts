import { type Caller, canReadContent, canSee, isGranted } from "../caller.ts";
import { type DriveFile, isDocsEditorsFile, isFolder } from "../file.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { thumbnailPath } from "../thumbnails.ts";

/** Who looks at a file, and at which address this Drive is reached; links begin with that. */
export interface Viewer {
  readonly store: DriveStore;
  readonly caller: Caller;
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string;
  readonly now: () => number;
}

/** Where the file can be opened in a browser. */
export function webViewLink(file: DriveFile, { origin }: Viewer): string {
  return isFolder(file)
    ? `${origin}/drive/folders/${file.id}`
    : `${origin}/file/d/${file.id}/view?usp=drivesdk`;
}

/** Where a browser downloads the file; Docs editors files and folders have no such address. */
export function webContentLink(file: DriveFile, { origin }: Viewer): string | undefined {
  return file.blob ? `${origin}/uc?id=${file.id}&export=download` : undefined;
}

/** A short-lived link to a small picture of the file, only for those who may have its bytes. */
export function thumbnailLink(file: DriveFile, viewer: Viewer): string | undefined {
  if (!hasThumbnail(file) || !canReadContent(viewer.store, viewer.caller, file)) return undefined;
  return viewer.origin + thumbnailPath(file, viewer.now());
}

/** Whether there is a small picture of the file; that says nothing about who may see it. */
export function hasThumbnail(file: DriveFile): boolean {
  return file.mimeType.startsWith("image/") && (file.blob?.content.sizeBytes ?? 0) > 0;
}

/** Where a Docs editors file can be exported to each format, without the limit that files.export has. */
export function exportLinks(file: DriveFile, { origin }: Viewer): Record<string, string> | undefined {
  if (file.exports.size === 0) return undefined;
  const link = (mimeType: string) =>
    `${origin}/feeds/download/documents/export/Export?id=${file.id}&mimeType=${encodeURIComponent(mimeType)}`;
  return Object.fromEntries([...file.exports.keys()].map((mimeType) => [mimeType, link(mimeType)]));
}

/** What a shortcut points at; the type of the target is missing when the target is gone. */
export function shortcutDetails(file: DriveFile, { store, caller }: Viewer): object | undefined {
  if (file.shortcutTargetId === null) return undefined;
  const target = store.get(file.shortcutTargetId);
  const seen = target !== undefined && canSee(store, caller, target);
  return { targetId: file.shortcutTargetId, ...(seen && { targetMimeType: target.mimeType }) };
}

/** The size as Drive states it: blobs and Docs editors files have one, folders and shortcuts do not. */
export function sizeText(file: DriveFile): string | undefined {
  if (file.blob) return String(file.blob.content.sizeBytes);
  return isDocsEditorsFile(file) ? "1024" : undefined;
}

/** What follows the last dot of the name; empty when there is none. Blobs only. */
export function fileExtension(file: DriveFile): string | undefined {
  if (!file.blob) return undefined;
  return /\.([^.]+)$/.exec(file.name)?.[1] ?? "";
}

/** A person as Drive shows one. */
export function ownerView(file: DriveFile, { store }: Viewer): object {
  const { name, email, permissionId } = store.account(file.ownerSub);
  return { kind: "drive#user", displayName: name, me: true, permissionId, emailAddress: email };
}

/** What the user may do with the file. */
export function capabilities(file: DriveFile): object {
  const folder = isFolder(file);
  const movable = file.parentId !== null;
  return {
    canAcceptOwnership: false,
    canAddChildren: folder,
    canComment: !folder,
    canCopy: !folder && file.canDownload,
    canDelete: movable,
    canDownload: file.canDownload,
    canEdit: true,
    canListChildren: folder,
    canModifyContent: !folder,
    canMoveItemWithinDrive: movable,
    canReadRevisions: !folder,
    canRemoveChildren: folder,
    canRename: true,
    canShare: true,
    canTrash: movable,
    canUntrash: movable,
  };
}

/** Whether the application was given this very file. */
export function isAppAuthorized(file: DriveFile, { store, caller }: Viewer): boolean {
  return isGranted(store, caller, file);
}
