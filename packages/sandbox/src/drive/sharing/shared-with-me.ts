import type { Account } from "../../accounts/account.ts";
import type { DriveFile } from "../file.ts";
import type { AccessSource } from "./access.ts";
import { driveIdOf, sharingOf } from "./sharing-of.ts";

/**
 * Since when an item is in the collection "Shared with me" of an account, and who put it there; null when it is not in
 * it. There are items whose own access list names the account, and those with a link that the account has opened; what
 * lies in shared folders and in shared drives is not.
 */
export function sharedWithMe(
  source: AccessSource,
  { sub, email }: Account,
  file: DriveFile,
): { readonly timeMs: number; readonly bySub: string | null } | null {
  if (file.sharing === null || file.ownerSub === sub || driveIdOf(file) !== null) return null;
  const { permissions } = sharingOf(file);
  const named = permissions.find(({ to }) => to.type === "user" && to.emailAddress === email.toLowerCase());
  const opened = source.isOpened({ sub, fileId: file.id }) ? permissions[0] : undefined;
  const permission = named ?? opened;
  return permission === undefined
    ? null
    : { timeMs: permission.grantedTimeMs, bySub: permission.grantedBySub };
}
