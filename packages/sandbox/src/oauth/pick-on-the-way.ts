import type { Account } from "../account.ts";
import { type DriveFile, type DriveStore, isFolder } from "../drive/index.ts";
import { OAuthError } from "./oauth-error.ts";
import type { OnePick } from "./parse-one-pick.ts";

/** More would make a page that nobody scrolls through; whoever wants another file names it by `file_ids`. */
const LONGEST_LIST = 500;

/** A file as the picker offers it. */
export interface OfferedFile {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  /** The name of the folder that it lies in. */
  readonly folderName: string;
}

/**
 * The files that a person may pick on the way: those of the person's own Drive that fit, by name.
 *
 * @returns at most 500 of them, and how many there are
 */
export function filesToPick(
  store: DriveStore,
  account: Account,
  onePick: OnePick,
): { files: OfferedFile[]; fileCount: number } {
  const fit = store.listAll(account.sub).filter((file) => isOffered(store, file, onePick));
  const files = fit.slice(0, LONGEST_LIST).map((file) => offered(store, file));
  return {
    files: files.sort((left, right) => left.name.localeCompare(right.name)),
    fileCount: fit.length,
  };
}

/**
 * The ids that were picked, each once.
 *
 * @throws OAuthError invalid_request (400) when one of them was not to be picked, or only one might be
 */
export function pickedFiles(
  store: DriveStore,
  { account, onePick, fileIds }: { account: Account; onePick: OnePick; fileIds: readonly string[] },
): readonly string[] {
  const picked = [...new Set(fileIds)];
  const isFit = picked.every((id) => {
    const file = store.get(id);
    return file !== undefined && file.ownerSub === account.sub && isOffered(store, file, onePick);
  });
  if (!isFit || (picked.length > 1 && !onePick.allowsSeveral)) {
    const description = "The form names a file that was not to be picked.";
    throw new OAuthError({ status: 400, error: "invalid_request", description });
  }
  return picked;
}

function offered(store: DriveStore, { id, name, mimeType, parentId }: DriveFile): OfferedFile {
  return { id, name, mimeType, folderName: store.get(parentId ?? "")?.name ?? "" };
}

function isOffered(
  store: DriveStore,
  file: DriveFile,
  { allowsFolders, mimeTypes, fileIds }: OnePick,
): boolean {
  if (fileIds.length > 0 && !fileIds.includes(file.id)) return false;
  if (file.parentId === null || store.isTrashed(file)) return false;
  if (isFolder(file)) return allowsFolders;
  return mimeTypes.length === 0 || mimeTypes.includes(file.mimeType);
}
