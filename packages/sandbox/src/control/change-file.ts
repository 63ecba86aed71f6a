import type { z } from "zod";
import { type DriveFile, type DriveStore, isConversion, type NewFile } from "../drive/index.ts";
import { conflict } from "./control-error.ts";
import type { FilePatchInput } from "./file-input.ts";
import { asFolder, requireFile } from "./require-file.ts";

type FilePatch = z.output<typeof FilePatchInput>;
/** Bytes as a Drive takes them. */
type Content = NonNullable<NewFile["content"]>;

/**
 * Changes a file behind the back of every application. New bytes make a new revision; with them, a new name or a new
 * description, the time of modification is now unless it is given.
 *
 * @param nowMs the time by the clock of the sandbox, in ms since the epoch
 * @throws ControlError 409 `root_folder`, `not_a_folder`, `cyclic_folders`, `other_drive`, `other_kind`;
 *   NotThereError for an unknown folder
 */
export function changeFile(
  drive: DriveStore,
  file: DriveFile,
  { patch, content, nowMs }: { patch: FilePatch; content: Content | undefined; nowMs: number },
): DriveFile {
  const { contentBase64: _bytes, sizeBytes: _size, modifiedTime, ...changes } = patch;
  if (patch.parentId !== undefined) requireMovable(drive, file, patch.parentId);
  if (isConversion(file.mimeType, patch.mimeType ?? file.mimeType))
    throw conflict("other_kind", "A file, a folder, a shortcut or a document stays what it is", "mimeType");
  if (patch.trashed && file.parentId === null)
    throw conflict("root_folder", "A root cannot be trashed", "trashed");
  const isEdit = content !== undefined || patch.name !== undefined || patch.description !== undefined;
  return drive.update(file.id, {
    ...changes,
    ...(content !== undefined && { content }),
    ...(isEdit && { modifiedTimeMs: nowMs }),
    ...(modifiedTime !== undefined && { modifiedTimeMs: Date.parse(modifiedTime) }),
  });
}

function requireMovable(drive: DriveStore, file: DriveFile, parentId: string): void {
  if (file.parentId === null)
    throw conflict("root_folder", "The root of a Drive cannot be moved", "parentId");
  const folder = asFolder(requireFile(drive, parentId, "parentId"));
  if (folder.ownerSub !== file.ownerSub) {
    throw conflict("other_drive", "A file cannot be moved into the Drive of somebody else", "parentId");
  }
  if (drive.isWithin(parentId, file.id)) {
    throw conflict("cyclic_folders", "A folder cannot be moved into itself or a folder below it", "parentId");
  }
}
