import type { Account } from "../accounts/account.ts";
import { type DriveFile, type DriveStore, isFolder, roleOf } from "../drive/index.ts";
import { conflict } from "./control-error.ts";
import { NotThereError } from "./not-there-error.ts";

/** The file with an id, whoever owns it. Throws NotThereError `unknown_file`. */
export function requireFile(drive: DriveStore, id: string, field = "id"): DriveFile {
  const file = drive.get(id);
  if (file === undefined) throw new NotThereError("file", id, field);
  return file;
}

/**
 * A folder that the account may see, in its own Drive, in a shared one, or of somebody who shares it.
 * Throws NotThereError `unknown_file`, ControlError 409 `not_a_folder`.
 */
export function requireFolder(drive: DriveStore, account: Account, folderId: string): DriveFile {
  const folder = requireFile(drive, folderId, "parentId");
  if (roleOf(drive, { account }, folder) === null) throw new NotThereError("file", folderId, "parentId");
  return asFolder(folder);
}

/** Makes sure that a file is a folder. Throws ControlError 409 `not_a_folder`. */
export function asFolder(file: DriveFile): DriveFile {
  if (isFolder(file)) return file;
  throw conflict("not_a_folder", `parentId: ${file.id} is no folder`, "parentId");
}
