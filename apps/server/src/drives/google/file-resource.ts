import { z } from "zod";
import { DriveError, type DriveFile } from "../drive.ts";

export const FOLDER_TYPE = "application/vnd.google-apps.folder";
const SHORTCUT_TYPE = "application/vnd.google-apps.shortcut";
const NATIVE_PREFIX = "application/vnd.google-apps.";

/** The mask of everything that a {@link DriveFile} is made from, and nothing more. */
export const FILE_FIELDS =
  "id,name,mimeType,size,md5Checksum,sha256Checksum,headRevisionId,trashed,description,capabilities/canDownload";

/** A file as Drive v3 sends it; 64-bit numbers come as text. */
const FileResource = z.object({
  id: z.string(),
  name: z.string().default(""),
  mimeType: z.string().default("application/octet-stream"),
  size: z.string().regex(/^\d+$/).optional(),
  md5Checksum: z.string().optional(),
  sha256Checksum: z.string().optional(),
  headRevisionId: z.string().optional(),
  trashed: z.boolean().default(false),
  description: z.string().optional(),
  capabilities: z.object({ canDownload: z.boolean().default(true) }).default({ canDownload: true }),
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
  const md5 = file.md5Checksum?.toLowerCase() ?? null;
  return {
    id: file.id,
    name: file.name,
    mimeType: file.mimeType,
    kind,
    sizeBytes: kind === "blob" && file.size !== undefined ? Number(file.size) : null,
    sha256: file.sha256Checksum?.toLowerCase() ?? null,
    md5,
    revision: file.headRevisionId ?? md5,
    trashed: file.trashed,
    canDownload: file.capabilities.canDownload,
    description: file.description ?? null,
  };
}

function kindOf(mimeType: string): DriveFile["kind"] {
  if (mimeType === FOLDER_TYPE) return "folder";
  if (mimeType === SHORTCUT_TYPE) return "shortcut";
  return mimeType.startsWith(NATIVE_PREFIX) ? "native" : "blob";
}
