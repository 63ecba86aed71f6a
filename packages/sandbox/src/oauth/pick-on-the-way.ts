import type { Account } from "../accounts/account.ts";
import { type DriveFile, type DriveStore, isFolder, itemsInSight, roleOf } from "../drive/index.ts";
import { OAuthError } from "./oauth-error.ts";
import type { OnePick } from "./parse-one-pick.ts";

/** More would make a page that nobody scrolls through; whoever wants another file names it by `file_ids`. */
const LONGEST_LIST = 500;

const byName = new Intl.Collator().compare;

/** A file as the picker offers it. */
export interface OfferedFile {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  /** The name of the folder that it lies in, as far as the person sees that. */
  readonly folderName: string;
}

/** Who picks, for which application, and what the application asks for. */
interface Picking {
  readonly account: Account;
  readonly clientId: string;
  readonly onePick: OnePick;
}

/**
 * The files that a person may pick on the way: those that fit, by name. Shared files and those of shared drives are
 * among them, and whatever else the person has access to when the application names it.
 *
 * @returns the first 500 of them, and how many there are
 */
export function filesToPick(
  store: DriveStore,
  picking: Picking,
): { files: OfferedFile[]; fileCount: number } {
  const { account, onePick } = picking;
  const named = [...new Set(onePick.fileIds)].flatMap((id) => store.get(id) ?? []);
  const candidates = onePick.fileIds.length > 0 ? named : itemsInSight(store, picking);
  const fit = candidates.filter((file) => isOffered(store, file, picking));
  fit.sort((left, right) => byName(left.name, right.name));
  const files = fit.slice(0, LONGEST_LIST).map((file) => offered(store, account, file));
  return { files, fileCount: fit.length };
}

/**
 * The ids that were picked, each once.
 *
 * @throws OAuthError invalid_request (400) when one of them was not to be picked, or only one might be
 */
export function pickedFiles(
  store: DriveStore,
  { fileIds, ...picking }: Picking & { fileIds: readonly string[] },
): readonly string[] {
  const picked = [...new Set(fileIds)];
  const isFit = picked.every((id) => {
    const file = store.get(id);
    return file !== undefined && isOffered(store, file, picking);
  });
  if (!isFit || (picked.length > 1 && !picking.onePick.allowsSeveral)) {
    const description = "The form names a file that was not to be picked.";
    throw new OAuthError({ status: 400, error: "invalid_request", description });
  }
  return picked;
}

function offered(
  store: DriveStore,
  account: Account,
  { id, name, mimeType, parentId }: DriveFile,
): OfferedFile {
  const folder = store.get(parentId ?? "");
  const isInSight = folder !== undefined && roleOf(store, { account }, folder) !== null;
  return { id, name, mimeType, folderName: isInSight ? folder.name : "Shared with me" };
}

function isOffered(
  store: DriveStore,
  file: DriveFile,
  { account, onePick: { allowsFolders, mimeTypes, fileIds } }: Picking,
): boolean {
  if (roleOf(store, { account }, file) === null) return false;
  if (fileIds.length > 0 && !fileIds.includes(file.id)) return false;
  if (file.parentId === null || store.isTrashed(file)) return false;
  if (isFolder(file)) return allowsFolders;
  return mimeTypes.length === 0 || mimeTypes.includes(file.mimeType);
}
