import { z } from "zod";
import { DriveError, type DriveFile } from "../drive.ts";
import { ByteCount } from "./byte-count.ts";
import { FileId } from "./file-id.ts";

export const FOLDER_TYPE = "application/vnd.google-apps.folder";
const SHORTCUT_TYPE = "application/vnd.google-apps.shortcut";
const NATIVE_PREFIX = "application/vnd.google-apps.";

/** The mask of everything that a {@link DriveFile} is made from, and nothing more. */
export const FILE_FIELDS =
  "id,name,mimeType,size,md5Checksum,sha256Checksum,headRevisionId,trashed,description,capabilities/canDownload," +
  "parents,driveId,resourceKey,shortcutDetails,appProperties,createdTime";

/** What cannot be stored in a database as text is replaced, one sign for one sign. */
const Text = z.string().transform((text) => text.replaceAll("\0", "\uFFFD").toWellFormed());
const lowerHex = (digits: number) =>
  z
    .string()
    .transform((text) => text.toLowerCase())
    .refine((text) => text.length === digits && /^[0-9a-f]+$/.test(text));

/** A file as Drive v3 sends it; 64-bit numbers come as text. */
const FileResource = z.object({
  id: FileId,
  name: Text.default(""),
  mimeType: Text.default("application/octet-stream"),
  size: ByteCount.optional(),
  md5Checksum: lowerHex(32).optional(),
  sha256Checksum: lowerHex(64).optional(),
  headRevisionId: Text.optional(),
  trashed: z.boolean().default(false),
  description: Text.optional(),
  capabilities: z.object({ canDownload: z.boolean().default(true) }).default({ canDownload: true }),
  parents: z.array(FileId).default([]),
  driveId: FileId.optional(),
  resourceKey: FileId.optional().catch(undefined),
  shortcutDetails: z
    .object({
      targetId: FileId,
      targetMimeType: Text.default("application/octet-stream"),
      targetResourceKey: FileId.optional().catch(undefined),
    })
    .optional(),
  appProperties: z.record(Text, Text).default({}),
  createdTime: z.iso.datetime({ offset: true }).optional().catch(undefined),
});

/**
 * Reads a file of Drive v3.
 * @throws {DriveError} `try_later` when it is none
 */
export function toDriveFile(resource: unknown): DriveFile {
  const parsed = FileResource.safeParse(resource);
  if (!parsed.success) {
    throw new DriveError("try_later", "Google's answer was not intelligible.", {
      reason: "not_a_file",
      cause: parsed.error,
    });
  }
  const file = parsed.data;
  const kind = kindOf(file.mimeType);
  const md5 = file.md5Checksum ?? null;
  return {
    id: file.id,
    name: file.name,
    mimeType: file.mimeType,
    kind,
    sizeBytes: kind === "blob" ? (file.size ?? null) : null,
    sha256: file.sha256Checksum ?? null,
    md5,
    revision: file.headRevisionId ?? md5,
    trashed: file.trashed,
    canDownload: file.capabilities.canDownload,
    description: file.description ?? null,
    parents: file.parents,
    driveId: file.driveId ?? null,
    resourceKey: file.resourceKey ?? null,
    shortcut: kind === "shortcut" ? shortcutOf(file.shortcutDetails) : null,
    properties: file.appProperties,
    createdAt: file.createdTime === undefined ? null : new Date(file.createdTime).toISOString(),
  };
}

function shortcutOf(details: z.infer<typeof FileResource>["shortcutDetails"]): DriveFile["shortcut"] {
  return details === undefined ? null : { ...details, targetResourceKey: details.targetResourceKey ?? null };
}

function kindOf(mimeType: string): DriveFile["kind"] {
  if (mimeType === FOLDER_TYPE) return "folder";
  if (mimeType === SHORTCUT_TYPE) return "shortcut";
  return mimeType.startsWith(NATIVE_PREFIX) ? "native" : "blob";
}
