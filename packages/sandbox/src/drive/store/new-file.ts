import { type Checksums, type CollectedContent, collect } from "../content.ts";
import {
  type DriveFile,
  FOLDER_MIME,
  type FileBlob,
  type ImageMediaMetadata,
  type Properties,
} from "../file.ts";
import { requireMimeType } from "../mime-type.ts";
import { type Sharing, UNSHARED } from "../sharing/sharing.ts";
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
  /** Downloads are refused for having been too many. */
  readonly downloadQuotaExceeded?: boolean;
  readonly originalFilename?: string;
  /** For Docs editors files: MIME type to bytes. */
  readonly exports?: Readonly<Record<string, Uint8Array>>;
  readonly shortcutTargetId?: string;
  /** What whoever comes by a link has to send along until the item was opened. */
  readonly resourceKey?: string;
  /** Those who may only read or comment get no bytes. */
  readonly copyRequiresWriterPermission?: boolean;
  /** As blobs from before 2018 have it: no SHA-1, no SHA-256. */
  readonly omitSha?: boolean;
  /** The digests are those of other bytes, as Drive's now and then are. */
  readonly wrongChecksum?: boolean;
  readonly properties?: Properties;
  readonly appProperties?: Readonly<Record<string, Properties>>;
}

/** What most files have none of is the same nothing for all, which tells in a Drive of a hundred thousand files. */
const NO_EXPORTS: ReadonlyMap<string, Uint8Array> = new Map();
const NO_PROPERTIES = Object.freeze({});

interface Circumstances {
  readonly id: string;
  readonly ownerSub: string;
  readonly parentId: string;
  readonly nowMs: number;
  readonly addedTimeMs: number;
  /** The shared drive in which it is made; none when left out. */
  readonly driveId?: string | null;
  /** The account that makes it in a shared drive; left out for the owner. */
  readonly madeBySub?: string;
  readonly shortcutTargetMimeType?: string | null;
}

/** Makes the first state of a file. Throws RangeError when a time is no RFC 3339, a MIME type is none, or the content none. */
export function makeFile(
  input: NewFile,
  { id, ownerSub, parentId, nowMs, addedTimeMs, ...place }: Circumstances,
): DriveFile {
  requireMimeType("mimeType", input.mimeType);
  for (const type of Object.keys(input.exports ?? {})) requireMimeType("exports", type);
  const createdTimeMs = timeOr(input.createdTime, nowMs);
  return {
    id,
    ownerSub,
    parentId,
    name: input.name,
    mimeType: input.mimeType,
    createdTimeMs,
    modifiedTimeMs: timeOr(input.modifiedTime, createdTimeMs),
    addedTimeMs,
    description: input.description ?? null,
    starred: input.starred ?? false,
    trashed: input.trashed ?? false,
    canDownload: input.canDownload ?? true,
    abusive: input.abusive ?? false,
    downloadQuotaExceeded: input.downloadQuotaExceeded ?? false,
    blob:
      input.content === null
        ? null
        : makeBlob(input.content, { ...input, fileId: id, version: 1, addedTimeMs }),
    exports: input.exports === undefined ? NO_EXPORTS : new Map(Object.entries(input.exports)),
    shortcutTargetId: input.shortcutTargetId ?? null,
    shortcutTargetMimeType: place.shortcutTargetMimeType ?? null,
    sharing: firstSharing(input, place),
    imageMediaMetadata: input.imageMediaMetadata ?? null,
    properties: input.properties ?? NO_PROPERTIES,
    appProperties: input.appProperties ?? NO_PROPERTIES,
    version: 1,
  };
}

function firstSharing(
  input: NewFile,
  { driveId = null, madeBySub }: Pick<Circumstances, "driveId" | "madeBySub">,
): Sharing | null {
  const { copyRequiresWriterPermission = false } = input;
  const resourceKey = input.resourceKey ?? null;
  if (resourceKey === null && !copyRequiresWriterPermission && driveId === null) return null;
  const modifiedBySub = driveId === null ? null : (madeBySub ?? null);
  return { ...UNSHARED, driveId, resourceKey, copyRequiresWriterPermission, modifiedBySub };
}

/** Makes the folder that is the top of a shared drive and has its id; nobody is a member yet. */
export function makeSharedDriveRoot(id: string, name: string, nowMs: number): DriveFile {
  const folder = { name, mimeType: FOLDER_MIME, content: null };
  const made = makeFile(folder, { id, ownerSub: id, parentId: id, nowMs, addedTimeMs: 0, driveId: id });
  return { ...made, parentId: null };
}

/** Makes the folder that holds everything else of an account. */
export function makeRoot(id: string, ownerSub: string, nowMs: number): DriveFile {
  const folder = { name: "My Drive", mimeType: FOLDER_MIME, content: null };
  return { ...makeFile(folder, { id, ownerSub, parentId: id, nowMs, addedTimeMs: 0 }), parentId: null };
}

interface BlobCircumstances {
  readonly fileId: string;
  readonly name: string;
  readonly version: number;
  readonly addedTimeMs: number;
  readonly originalFilename?: string;
  readonly omitSha?: boolean;
  readonly wrongChecksum?: boolean;
}

/** Makes a revision of a file's bytes. Throws RangeError when the content is none. */
export function makeBlob(content: Uint8Array | CollectedContent, of: BlobCircumstances): FileBlob {
  const collected = content instanceof Uint8Array ? collect(content) : requireCollected(content);
  const checksums = of.wrongChecksum ? checksumsOfOtherBytes(collected) : collected.checksums;
  return {
    content: collected.content,
    checksums: of.omitSha ? { ...checksums, sha1: null, sha256: null } : checksums,
    headRevisionId: revisionId(of),
    originalFilename: of.originalFilename ?? of.name,
    addedTimeMs: of.addedTimeMs,
  };
}

/** Programs without types hand over texts. */
function requireCollected(content: CollectedContent): CollectedContent {
  const given: unknown = content;
  if (typeof given === "object" && given !== null && "content" in given && "checksums" in given)
    return content;
  throw new RangeError("content: neither a Uint8Array nor what generatedContent gives, nor null");
}

/** Joined rather than added up: the parts of a sum are kept for as long as the id is. */
function revisionId({ fileId, version }: BlobCircumstances): string {
  return ["0B", fileId.slice(1, 25), String(version).padStart(8, "0")].join("");
}

function checksumsOfOtherBytes({ checksums }: CollectedContent): Checksums {
  return collect(Buffer.from(`not ${checksums.md5}`)).checksums;
}

function timeOr(text: string | undefined, otherwiseMs: number): number {
  if (text === undefined) return otherwiseMs;
  const timeMs = parseTimestamp(text);
  if (timeMs === null) throw new RangeError(`Not an RFC 3339 time: ${text}`);
  return timeMs;
}
