import type { Account } from "../accounts/account.ts";
import { sandboxAccounts } from "../accounts/accounts.ts";
import { type DriveKeeper, DriveStore, type FileContent, type FilePut } from "../drive/index.ts";
import type { GrantChange } from "../oauth/index.ts";
import type { JournalEntry } from "./journal.ts";
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
 * @throws Error when the records are of a format that this sandbox does not know, or one does not go with those before it
 */
export function readState(
  entries: Iterable<JournalEntry>,
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
  const people = new Map(sandboxAccounts.map((account) => [account.sub, account]));
  const grantChanges: GrantChange[] = [];
  let drive: DriveStore | null = null;
  for (const { record, place } of entries) {
    if (drive === null) {
      drive = new DriveStore({ now, seed: seedOf(record), keeper });
      continue;
    }
    const change = restoreAt(place, { drive, people, contentOf }, record);
    if (change !== null) grantChanges.push(change);
  }
  if (drive === null) throw unknownFormat();
  return { drive, grantChanges };
}

function seedOf(first: StateRecord): number {
  if (first.kind !== "began" || first.format !== STATE_FORMAT) throw unknownFormat();
  return first.seed;
}

function unknownFormat(): Error {
  return new Error("the state was written by another version of the sandbox");
}

/** What records are restored into. */
interface Restoring {
  readonly drive: DriveStore;
  /** Who may have a Drive, by subject. */
  readonly people: Map<string, Account>;
  readonly contentOf: (bytes: string, sizeBytes: number) => FileContent;
}

function restoreAt(place: string, restoring: Restoring, record: StateRecord): GrantChange | null {
  try {
    return restoreRecord(restoring, record);
  } catch (cause) {
    throw new Error(`${place} is damaged: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function restoreRecord({ drive, people, contentOf }: Restoring, record: StateRecord): GrantChange | null {
  switch (record.kind) {
    case "began":
      throw new Error("The state begins twice");
    case "filePut":
      putFile({ drive, people }, restoreFile(record, contentOf));
      return null;
    case "accountAdded":
      people.set(record.account.sub, record.account);
      return null;
    case "fileRemoved":
    case "idsReserved":
    case "fileGranted":
    case "fileOpened":
    case "fileGrantsRevoked":
      drive.restore(record);
      return null;
    case "allowed":
    case "accessTokenIssued":
    case "refreshTokenIssued":
    case "accessTokenEnded":
    case "refreshTokenEnded":
    case "grantRevoked":
    case "clockPutBack":
      return record;
  }
}

/** The first state of a root folder opens the Drive; those of shared drives have no account to be opened for. */
function putFile({ drive, people }: Pick<Restoring, "drive" | "people">, put: FilePut): void {
  const { id, ownerSub, parentId } = put.file;
  if (parentId !== null || ownerSub === id || drive.get(id) !== undefined) {
    drive.restore(put);
    return;
  }
  const account = people.get(ownerSub);
  if (account === undefined) {
    throw new Error(`The sandbox has no account ${ownerSub}`);
  }
  drive.reopen(account, put);
}
