import type { Checksums, FileContent } from "./content.ts";
import type { Sharing } from "./sharing/sharing.ts";

/** The MIME type of a folder. */
export const FOLDER_MIME = "application/vnd.google-apps.folder";
/** The MIME type of a shortcut, a file that only points at another one. */
export const SHORTCUT_MIME = "application/vnd.google-apps.shortcut";
/** What all files without bytes of their own (Docs editors files, folders, shortcuts) have in common. */
export const NATIVE_MIME_PREFIX = "application/vnd.google-apps.";

/** Whether a file would become another kind of item: one that has bytes, a folder, a shortcut, a document. */
export function isConversion(fromMimeType: string, toMimeType: string): boolean {
  if (fromMimeType === toMimeType) return false;
  return [fromMimeType, toMimeType].some((mimeType) => mimeType.startsWith(NATIVE_MIME_PREFIX));
}

/** What Drive reports about a picture, in Drive's names. Every member may be missing. */
export interface ImageMediaMetadata {
  readonly width?: number;
  readonly height?: number;
  /** Clockwise quarter turns from the stored orientation to the upright one. */
  readonly rotation?: number;
  /** The EXIF text `YYYY:MM:DD HH:MM:SS`, which is no RFC 3339. */
  readonly time?: string;
  readonly location?: { readonly latitude?: number; readonly longitude?: number; readonly altitude?: number };
  readonly cameraMake?: string;
  readonly cameraModel?: string;
  readonly exposureTime?: number;
  readonly aperture?: number;
  readonly flashUsed?: boolean;
  readonly focalLength?: number;
  readonly isoSpeed?: number;
  readonly meteringMode?: string;
  readonly sensor?: string;
  readonly exposureMode?: string;
  readonly colorSpace?: string;
  readonly whiteBalance?: string;
  readonly exposureBias?: number;
  readonly maxApertureValue?: number;
  readonly subjectDistance?: number;
  readonly lens?: string;
}

/** The bytes of a file as one revision: they never change, a new upload makes a new blob. */
export interface FileBlob {
  readonly content: FileContent;
  readonly checksums: Checksums;
  readonly headRevisionId: string;
  readonly originalFilename: string;
  /** When the bytes came here, in ms since the epoch; 0 when they were here before the Drive opened. */
  readonly addedTimeMs: number;
}

/** Custom key-value pairs of a file. */
export type Properties = Readonly<Record<string, string>>;

/** One item in somebody's Drive, as it is at one moment: a change puts a new object in its place. */
export interface DriveFile {
  readonly id: string;
  /** The account that owns it. What lies in a shared drive is owned by the drive, and this is the drive's id. */
  readonly ownerSub: string;
  readonly name: string;
  readonly mimeType: string;
  /** The folder that holds it; null for the root of a Drive or a shared drive alone. */
  readonly parentId: string | null;
  readonly createdTimeMs: number;
  readonly modifiedTimeMs: number;
  /** When the file came here, whatever its other times say; 0 when it was here before the Drive opened. */
  readonly addedTimeMs: number;
  readonly description: string | null;
  readonly starred: boolean;
  /** Trashed itself, rather than by a trashed folder above it. */
  readonly trashed: boolean;
  /** False when the owner or the domain forbids downloads. */
  readonly canDownload: boolean;
  /** Marked as malware or spam: bytes are given only to those who acknowledge it. */
  readonly abusive: boolean;
  /** Has been downloaded so often that Drive gives its bytes to nobody for a while. */
  readonly downloadQuotaExceeded: boolean;
  /** Null for folders, shortcuts and Docs editors files. */
  readonly blob: FileBlob | null;
  /** What a Docs editors file can be exported to: MIME type to bytes. */
  readonly exports: ReadonlyMap<string, Uint8Array>;
  readonly shortcutTargetId: string | null;
  /** The type that the target had when the shortcut was made; null when there was no target. */
  readonly shortcutTargetMimeType: string | null;
  /** Null for what nobody but the owner has to do with. */
  readonly sharing: Sharing | null;
  readonly imageMediaMetadata: ImageMediaMetadata | null;
  readonly properties: Properties;
  /** Properties private to an application, by OAuth client id. */
  readonly appProperties: Readonly<Record<string, Properties>>;
  /** Grows with every change, visible or not. */
  readonly version: number;
}

/** Whether the file is a folder. */
export function isFolder(file: DriveFile): boolean {
  return file.mimeType === FOLDER_MIME;
}

/** Whether the file is one that Docs editors open: it has no bytes, but exports. */
export function isDocsEditorsFile(file: DriveFile): boolean {
  return isDocsEditorsMime(file.mimeType);
}

/** Whether files of this MIME type are Docs editors files; folders and shortcuts are not. */
export function isDocsEditorsMime(mimeType: string): boolean {
  return mimeType.startsWith(NATIVE_MIME_PREFIX) && mimeType !== FOLDER_MIME && mimeType !== SHORTCUT_MIME;
}
