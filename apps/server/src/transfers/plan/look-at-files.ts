import type { Drive, ProviderProperties } from "../../drives/index.ts";
import { type AskedFile, describeFiles, type FileDescription } from "../describe-files.ts";
import type { FoundFolder } from "../open-folders.ts";
import { sortListing } from "../sort-listing.ts";

/** Files that are described for one plan at the most, and pages that are listed: somebody waits for the answer. */
const FILES_TO_DESCRIBE = 1_000;
const PAGES_TO_LIST = 20;

/** A file of a plan, as far as it is known. */
interface SeenFile {
  readonly id: string;
  readonly description: FileDescription | undefined;
}

/** What an import would find. */
export interface SeenFiles {
  readonly files: readonly SeenFile[];
  readonly hasFolders: boolean;
  readonly ignored: number;
  readonly describedFiles: number;
  readonly listedPages: number;
  /** False when there is more than one look takes. */
  readonly isComplete: boolean;
}

/**
 * Looks at the files of an import and into their folders, without doing anything.
 * @throws {DriveError} what is not about one file alone
 */
export async function lookAtFiles(
  parts: { readonly drive: Drive; readonly properties: ProviderProperties },
  asked: readonly { readonly id: string; readonly resourceKey?: string | null }[],
  signal: AbortSignal,
): Promise<SeenFiles> {
  const looker = { drive: parts.drive, batchSize: parts.properties.metadataBatchSize };
  const refs = asked.slice(0, FILES_TO_DESCRIBE).map((ref, key): AskedFile => ({ key, ref }));
  const described = await describeFiles(looker, refs, signal);
  const seen = new Map<string, SeenFile>();
  const folders: FoundFolder[] = [];
  for (const { key, ref } of refs) {
    const description = described.get(key);
    const isFolder = description?.kind === "file" && description.file.kind === "folder";
    if (isFolder && !description.file.trashed) folders.push(description.file);
    else seen.set(ref.id, { id: ref.id, description });
  }
  const inside = await lookIntoFolders(parts, folders, signal);
  const links: AskedFile[] = [];
  for (const file of inside.pictures) {
    if (seen.has(file.id)) continue;
    seen.set(file.id, { id: file.id, description: { kind: "file", file } });
    if (file.shortcut !== null) links.push({ key: links.length, ref: { id: file.id } });
  }
  const toFollow = links.slice(0, Math.max(0, FILES_TO_DESCRIBE - refs.length));
  const followed = await describeFiles(looker, toFollow, signal);
  for (const { key, ref } of toFollow) seen.set(ref.id, { id: ref.id, description: followed.get(key) });
  for (const { ref } of links.slice(toFollow.length)) seen.delete(ref.id);
  return {
    files: [...seen.values()],
    hasFolders: folders.length > 0,
    ignored: inside.ignored,
    describedFiles: refs.length + toFollow.length,
    listedPages: inside.pages,
    isComplete: inside.isComplete && refs.length === asked.length && toFollow.length === links.length,
  };
}

async function lookIntoFolders(
  parts: { readonly drive: Drive; readonly properties: ProviderProperties },
  folders: readonly FoundFolder[],
  signal: AbortSignal,
) {
  const known = new Set<string>();
  const open: { readonly folder: FoundFolder; readonly pageToken: string | null }[] = [];
  const add = (folder: FoundFolder) => {
    if (!known.has(folder.id)) open.push({ folder, pageToken: null });
    known.add(folder.id);
  };
  folders.forEach(add);
  const pictures: ReturnType<typeof sortListing>["pictures"][number][] = [];
  let [ignored, pages] = [0, 0];
  for (let next = open.shift(); next !== undefined && pages < PAGES_TO_LIST; next = open.shift()) {
    const { folder, pageToken } = next;
    const page = await parts.drive.listFolder({ folder, pageToken }, signal);
    const listing = sortListing(page.files, parts.properties);
    pages += 1;
    ignored += listing.ignored;
    pictures.push(...listing.pictures);
    listing.folders.forEach(add);
    if (page.nextPageToken !== null) open.unshift({ folder, pageToken: page.nextPageToken });
    if (pages === PAGES_TO_LIST) break;
  }
  return { pictures, ignored, pages, isComplete: open.length === 0 };
}
