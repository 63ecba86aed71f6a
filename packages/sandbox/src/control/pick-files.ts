import type { Account } from "../accounts/account.ts";
import { type DriveFile, type DriveStore, roleOf } from "../drive/index.ts";
import { NotThereError } from "./not-there-error.ts";
import { requireAccount } from "./require-account.ts";

/**
 * Does what the Google Picker does when a person picks files: gives them to an application under drive.file. Files
 * below a picked folder are not included. All of them are given or none. It does not matter whether the person has
 * granted the application anything yet.
 *
 * @throws NotThereError `unknown_account`, `unknown_client`, or `unknown_file` for a file that the account neither owns
 *   nor has been given access to
 */
export function pickFiles(
  {
    accounts,
    clientIds,
    drive,
  }: { accounts: readonly Account[]; clientIds: readonly string[]; drive: DriveStore },
  { email, fileIds, clientId }: { email: string; fileIds: readonly string[]; clientId: string },
): void {
  const account = requireAccount(accounts, email);
  if (!clientIds.includes(clientId)) throw new NotThereError("client", clientId, "clientId");
  const files = fileIds.map((id) => requireVisibleFile(drive, account, id));
  for (const { id } of files) drive.grantFile({ clientId, sub: account.sub, fileId: id });
}

function requireVisibleFile(drive: DriveStore, account: Account, id: string): DriveFile {
  const file = drive.get(id);
  if (file === undefined || roleOf(drive, { account }, file) === null)
    throw new NotThereError("file", id, "fileIds");
  return file;
}
