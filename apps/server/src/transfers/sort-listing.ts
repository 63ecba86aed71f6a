import type { DriveFile, ProviderProperties } from "../drives/index.ts";
import { mayBeImage } from "./classify-import-file.ts";
import type { FoundFolder } from "./open-folders.ts";

/** What a page of a folder means for an import. */
export interface SortedListing {
  /** Pictures, what may be one, and shortcuts to such. */
  readonly pictures: readonly DriveFile[];
  readonly folders: readonly FoundFolder[];
  /** How many files are neither. */
  readonly ignored: number;
}

/**
 * Sorts what lies in a folder. Who asks for a folder asks for the pictures in it: text documents, films and the like are no
 * failures, so they are counted and left out.
 */
export function sortListing(
  files: readonly DriveFile[],
  properties: Pick<ProviderProperties, "exportAs" | "folderType">,
): SortedListing {
  const pictures: DriveFile[] = [];
  const folders: FoundFolder[] = [];
  const isPicture = (type: string) => mayBeImage(type) || Object.hasOwn(properties.exportAs, type);
  for (const file of files) {
    const folder = folderOf(file, properties.folderType);
    if (folder !== null) folders.push(folder);
    else if (isPicture(file.shortcut?.targetMimeType ?? file.mimeType)) pictures.push(file);
  }
  return { pictures, folders, ignored: files.length - pictures.length - folders.length };
}

/** A folder, or what a shortcut to one points to. */
function folderOf(file: DriveFile, folderType: string): FoundFolder | null {
  if (file.kind === "folder") return file;
  if (file.shortcut?.targetMimeType !== folderType) return null;
  return { id: file.shortcut.targetId, name: file.name, resourceKey: file.shortcut.targetResourceKey };
}
