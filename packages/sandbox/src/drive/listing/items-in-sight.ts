import type { Account } from "../../accounts/account.ts";
import type { DriveFile } from "../file.ts";
import { roleOf } from "../sharing/access.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { itemsOfAllDrives } from "./corpus.ts";

/**
 * All items that a person comes upon in Drive by way of an application: the person's own, what others have shared, what
 * lies in shared drives, and what was opened or given to the application before. Trashed ones are included.
 */
export function itemsInSight(
  store: DriveStore,
  { account, clientId }: { account: Account; clientId: string },
): DriveFile[] {
  const items = itemsOfAllDrives(store, { account, clientId });
  return items.filter((file) => roleOf(store, { account }, file) !== null);
}
