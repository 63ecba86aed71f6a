import { sandboxAccounts } from "../accounts.ts";
import { type DriveKeeper, DriveStore, type FileContent, type FilePut } from "../drive/index.ts";
import type { GrantChange } from "../oauth/index.ts";
import { restoreFile } from "./restore-file.ts";
import { STATE_FORMAT, type StateRecord } from "./state-record.ts";

/** A state as it was left, with what is still to be told to the grants. */
export interface RestoredState {
  readonly drive: DriveStore;
  readonly grantChanges: readonly GrantChange[];
}

/**
 * Makes a state again from the records of its journal.
 *
 * @param contentOf gives the content that lies under a name
 * @param keeper keeps the changes from now on
 * @throws Error when the records are of a format that this sandbox does not know
 */
export function readState(
  [first, ...records]: readonly StateRecord[],
  {
    now,
    keeper,
    contentOf,
  }: {
    now: () => number;
    keeper: DriveKeeper | null;
    contentOf: (bytes: string, sizeBytes: number) => FileContent;
  },
): RestoredState {
  if (first?.kind !== "began" || first.format !== STATE_FORMAT) {
    throw new Error("the state was written by another version of the sandbox");
  }
  const drive = new DriveStore({ now, seed: first.seed, keeper });
  const grantChanges = records.flatMap((record) => restoreRecord(drive, record, contentOf) ?? []);
  return { drive, grantChanges };
}

function restoreRecord(
  drive: DriveStore,
  record: StateRecord,
  contentOf: (bytes: string, sizeBytes: number) => FileContent,
): GrantChange | null {
  switch (record.kind) {
    case "began":
      throw new Error("The state begins twice");
    case "filePut":
      putFile(drive, restoreFile(record, contentOf));
      return null;
    case "fileRemoved":
    case "idsReserved":
    case "fileGranted":
    case "fileGrantsRevoked":
      drive.restore(record);
      return null;
    case "allowed":
    case "accessTokenIssued":
    case "refreshTokenIssued":
    case "accessTokenEnded":
    case "refreshTokenEnded":
    case "grantRevoked":
      return record;
  }
}

/** The first state of a root folder opens the Drive. */
function putFile(drive: DriveStore, put: FilePut): void {
  const { id, ownerSub, parentId } = put.file;
  if (parentId !== null || drive.get(id) !== undefined) {
    drive.restore(put);
    return;
  }
  const account = sandboxAccounts.find(({ sub }) => sub === ownerSub);
  if (account === undefined) {
    throw new Error(`The sandbox has no account ${ownerSub}`);
  }
  drive.reopen(account, put);
}
