import { type Caller, canReadContent, isDownloadable, isGranted } from "../caller.ts";
import { exportFormatsOf } from "../exports/render-export.ts";
import { type DriveFile, isDocsEditorsFile, isFolder } from "../file.ts";
import type { ImageReadings } from "../image-metadata/image-readings.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { siblingOrigin } from "../../hosts/google-hosts.ts";
import { thumbnailPath } from "../thumbnails.ts";

/** Who looks at a file, and at which address this Drive is reached; links begin with that. */
export interface Viewer {
  readonly store: DriveStore;
  readonly caller: Caller;
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string;
  readonly now: () => number;
  /** What is known of pictures. */
  readonly images: ImageReadings;
}

/** Where the file can be opened in a browser. */
export function webViewLink(file: DriveFile, { origin }: Viewer): string {
  return isFolder(file)
    ? `${siblingOrigin(origin, "drive")}/drive/folders/${file.id}`
    : `${siblingOrigin(origin, "drive")}/file/d/${file.id}/view?usp=drivesdk`;
}

/** Where a browser downloads the file; Docs editors files and folders have no such address. */
export function webContentLink(file: DriveFile, { origin }: Viewer): string | undefined {
  return file.blob ? `${siblingOrigin(origin, "drive")}/uc?id=${file.id}&export=download` : undefined;
}

/** A short-lived link to a small picture of the file, only for those who may have its bytes. */
export function thumbnailLink(file: DriveFile, viewer: Viewer): string | undefined {
  if (!hasThumbnail(file) || !canReadContent(viewer.store, viewer.caller, file)) return undefined;
  if (!isDownloadable(viewer.store, viewer.caller, file)) return undefined;
  return siblingOrigin(viewer.origin, "pictures") + thumbnailPath(file, viewer.now());
}

/** Whether there is a small picture of the file; that says nothing about who may see it. */
export function hasThumbnail(file: DriveFile): boolean {
  return file.mimeType.startsWith("image/") && (file.blob?.content.sizeBytes ?? 0) > 0;
}

/** Where a Docs editors file can be exported to each format, without the limit that files.export has. */
export function exportLinks(file: DriveFile, { origin }: Viewer): Record<string, string> | undefined {
  const formats = exportFormatsOf(file);
  if (formats.length === 0) return undefined;
  const link = (mimeType: string) =>
    `${siblingOrigin(origin, "docs")}/feeds/download/documents/export/Export?id=${file.id}&mimeType=${encodeURIComponent(mimeType)}`;
  return Object.fromEntries(formats.map((mimeType) => [mimeType, link(mimeType)]));
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

/** Whether the application was given this very file. */
export function isAppAuthorized(file: DriveFile, { store, caller }: Viewer): boolean {
  return isGranted(store, caller, file);
}
