import { type CollectedContent, collect } from "../content.ts";
import {
  type DriveFile,
  FOLDER_MIME,
  type FileBlob,
  type ImageMediaMetadata,
  type Properties,
} from "../file.ts";
import { parseTimestamp } from "../timestamps.ts";

/** What a new file is described by. Times are RFC 3339; left out, the file is made now, in the root, without frills. */
export interface NewFile {
  readonly name: string;
  readonly mimeType: string;
  readonly parentId?: string;
  /** Bytes, or content collected beforehand; null for Docs editors files and shortcuts. */
  readonly content: Uint8Array | CollectedContent | null;
  readonly createdTime?: string;
  readonly modifiedTime?: string;
  readonly description?: string;
  readonly starred?: boolean;
  readonly imageMediaMetadata?: ImageMediaMetadata;
  readonly id?: string;
  readonly trashed?: boolean;
  readonly canDownload?: boolean;
  readonly abusive?: boolean;
  readonly originalFilename?: string;
  /** For Docs editors files: MIME type to bytes. */
  readonly exports?: Readonly<Record<string, Uint8Array>>;
  readonly shortcutTargetId?: string;
  /** As blobs from before 2018 have it: no SHA-1, no SHA-256. */
  readonly omitSha?: boolean;
  readonly properties?: Properties;
  readonly appProperties?: Readonly<Record<string, Properties>>;
}

interface Circumstances {
  readonly id: string;
  readonly ownerSub: string;
  readonly parentId: string;
  readonly nowMs: number;
}

/** Makes the first state of a file. Throws RangeError when a time is no RFC 3339. */
export function makeFile(input: NewFile, { id, ownerSub, parentId, nowMs }: Circumstances): DriveFile {
  const createdTimeMs = timeOr(input.createdTime, nowMs);
  return {
    id,
    ownerSub,
    parentId,
    name: input.name,
    mimeType: input.mimeType,
    createdTimeMs,
    modifiedTimeMs: timeOr(input.modifiedTime, createdTimeMs),
    description: input.description ?? null,
    starred: input.starred ?? false,
    trashed: input.trashed ?? false,
    canDownload: input.canDownload ?? true,
    abusive: input.abusive ?? false,
    blob: input.content === null ? null : makeBlob(input.content, { ...input, fileId: id, version: 1 }),
    exports: new Map(Object.entries(input.exports ?? {})),
    shortcutTargetId: input.shortcutTargetId ?? null,
    imageMediaMetadata: input.imageMediaMetadata ?? null,
    properties: input.properties ?? {},
    appProperties: input.appProperties ?? {},
    version: 1,
  };
}

/** Makes the folder that holds everything else of an account. */
export function makeRoot(id: string, ownerSub: string, nowMs: number): DriveFile {
  const folder = { name: "My Drive", mimeType: FOLDER_MIME, content: null };
  return { ...makeFile(folder, { id, ownerSub, parentId: id, nowMs }), parentId: null };
}

interface BlobCircumstances {
  readonly fileId: string;
  readonly name: string;
  readonly version: number;
  readonly originalFilename?: string;
  readonly omitSha?: boolean;
}

/** Makes a revision of a file's bytes. */
export function makeBlob(content: Uint8Array | CollectedContent, of: BlobCircumstances): FileBlob {
  const collected = content instanceof Uint8Array ? collect(content) : content;
  const { checksums } = collected;
  return {
    content: collected.content,
    checksums: of.omitSha ? { ...checksums, sha1: null, sha256: null } : checksums,
    headRevisionId: `0B${of.fileId.slice(1, 25)}${String(of.version).padStart(8, "0")}`,
    originalFilename: of.originalFilename ?? of.name,
  };
}

function timeOr(text: string | undefined, otherwiseMs: number): number {
  if (text === undefined) return otherwiseMs;
  const timeMs = parseTimestamp(text);
  if (timeMs === null) throw new RangeError(`Not an RFC 3339 time: ${text}`);
  return timeMs;
}
