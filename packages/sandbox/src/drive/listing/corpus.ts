import type { Caller } from "../caller.ts";
import type { DriveFile } from "../file.ts";
import { roleOf, type Visitor } from "../sharing/access.ts";
import { driveIdOf, isSharedDrive } from "../sharing/sharing-of.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { requireSharedDrive } from "../writing/require-shared-drive.ts";

/** The body of items that a listing searches. */
export type Corpus =
  | { readonly kind: "user"; readonly includesSharedDrives: boolean }
  | { readonly kind: "domain"; readonly includesSharedDrives: boolean }
  | { readonly kind: "drive"; readonly driveId: string }
  | { readonly kind: "allDrives"; readonly isIncomplete: boolean };

/** For whom items are looked for. */
type Seeker = Visitor & Pick<Caller, "clientId">;

/**
 * The items of a corpus, the older before the newer within each part of it; some may be such that the caller does not
 * see. `user` has what the user owns, what is shared with the user and lies below that, and what the user has opened;
 * of shared drives it has only what is shared with the user by itself, was opened, or was given to the application.
 * Throws 404 and 403 as requireSharedDrive does.
 */
export function itemsOf(corpus: Corpus, store: DriveStore, caller: Caller): DriveFile[] {
  switch (corpus.kind) {
    case "user":
      return itemsOfUser(store, caller, corpus.includesSharedDrives);
    case "domain":
      return store.findableIn(caller.account.hd ?? "");
    case "drive":
      requireSharedDrive(store, caller, corpus.driveId);
      return store.itemsOf(corpus.driveId);
    case "allDrives":
      return itemsOfAllDrives(store, caller, corpus);
  }
}

/** The items of the corpus `allDrives`, of which a search that is incomplete goes through one shared drive only. */
export function itemsOfAllDrives(
  store: DriveStore,
  seeker: Seeker,
  { isIncomplete } = { isIncomplete: false },
): DriveFile[] {
  return unique([
    ...sharedDrivesOf(store, seeker, isIncomplete).flatMap(({ id }) => store.itemsOf(id)),
    ...itemsOfUser(store, seeker, true),
  ]);
}

/** Whether an item that was found by its folder belongs to the corpus. */
export function isInCorpus(corpus: Corpus, file: DriveFile): boolean {
  const driveId = driveIdOf(file);
  switch (corpus.kind) {
    case "user":
    case "domain":
      return driveId === null || corpus.includesSharedDrives;
    case "drive":
      return driveId === corpus.driveId;
    case "allDrives":
      return true;
  }
}

function sharedDrivesOf(store: DriveStore, { account }: Seeker, isIncomplete: boolean): DriveFile[] {
  const drives = store.sharedWith(account.sub).filter(isSharedDrive);
  return isIncomplete ? drives.slice(0, 1) : drives;
}

function itemsOfUser(store: DriveStore, seeker: Seeker, includesSharedDrives: boolean): DriveFile[] {
  const { sub } = seeker.account;
  const granted = store
    .grantedFileIds({ clientId: seeker.clientId, sub })
    .flatMap((id) => store.get(id) ?? []);
  const tops = [
    ...store.sharedWith(sub).flatMap((top) => withAllBelow(store, top)),
    ...store.strangersIn(sub).flatMap((top) => withAllBelow(store, top)),
    ...store.openedBy(sub).filter((file) => roleOf(store, seeker, file) !== null),
    ...granted,
  ];
  const others = tops.filter(
    (file) =>
      file.ownerSub !== sub && file.parentId !== null && (includesSharedDrives || driveIdOf(file) === null),
  );
  return others.length === 0 ? store.listAll(sub) : unique([...others, ...store.listAll(sub)]);
}

/** An item and all that lies below it; of shared drives, whose items are not found in this way, nothing. */
function withAllBelow(store: DriveStore, top: DriveFile): DriveFile[] {
  return isSharedDrive(top) ? [] : store.treeOf(top.id);
}

function unique(files: readonly DriveFile[]): DriveFile[] {
  return [...new Map(files.map((file) => [file.id, file])).values()];
}
