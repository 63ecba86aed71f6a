import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Account } from "../accounts/account.ts";
import type { DriveStore } from "../drive/index.ts";
import { makeDirectory } from "../make-directory.ts";
import { makeTemporaryDirectory } from "../temporary-directory.ts";
import { beginState } from "./begin-state.ts";
import type { StateBeginning } from "./state-beginning.ts";
import { beginStateApart } from "./begin-state-apart.ts";
import { BytesFolder } from "./bytes-folder.ts";
import { DiskContent } from "./disk-content.ts";
import { DiskKeeper } from "./disk-keeper.ts";
import { Journal, readJournal } from "./journal.ts";
import { lockDirectory } from "./lock-directory.ts";
import { readState } from "./read-state.ts";
import type { SandboxState } from "./sandbox-state.ts";
import { statePaths } from "./state-paths.ts";

/**
 * Opens the state in a directory, or begins one there when there is none. Every change is with the system before it
 * takes effect, so that killing the process loses nothing that was answered; a power cut may.
 *
 * @param beginning holds for a new state only
 * @param further people to add, whom the state may know already; then they stay as they were added
 * @throws Error when another sandbox uses the directory, or what lies in it cannot be read
 */
export async function keepOnDisk(
  dataDir: string,
  { beginning, now, further }: { beginning: StateBeginning; now: () => number; further: readonly Account[] },
): Promise<SandboxState> {
  makeDirectory(dataDir);
  const unlock = await lockDirectory(dataDir);
  try {
    const directory = join(dataDir, "state");
    await beginUnlessThere(directory, beginning);
    return openState(directory, { now, unlock, further });
  } catch (error) {
    await unlock();
    throw error;
  }
}

/**
 * A state gets its name only once it is whole; one that was being filled when the process was killed is thrown away.
 * Each is filled in a place of its own, because the process that fills it may outlive the killed one for a moment.
 */
async function beginUnlessThere(directory: string, beginning: StateBeginning): Promise<void> {
  const prefix = `${directory}.unfinished-`;
  for (const name of readdirSync(dirname(directory)).filter((found) => found.startsWith(basename(prefix)))) {
    rmSync(join(dirname(directory), name), { recursive: true, force: true });
  }
  if (existsSync(directory)) {
    return;
  }
  const place = makeTemporaryDirectory(prefix);
  try {
    const filled = join(place.path, "state");
    await (beginning.library === "none" ? beginState : beginStateApart)(filled, beginning);
    renameSync(filled, directory);
  } finally {
    place.remove();
  }
}

function openState(
  directory: string,
  { now, unlock, further }: { now: () => number; unlock: () => Promise<void>; further: readonly Account[] },
): SandboxState {
  const paths = statePaths(directory);
  for (const path of Object.values(paths)) {
    if (!existsSync(path)) throw new Error(`${path} is missing, without which the state cannot be read`);
  }
  const journal = new Journal(paths.journal);
  try {
    return openedState({ journal, paths, now, unlock, further });
  } catch (error) {
    journal.close();
    throw error;
  }
}

function openedState({
  journal,
  paths,
  now,
  unlock,
  further,
}: {
  journal: Journal;
  paths: ReturnType<typeof statePaths>;
  now: () => number;
  unlock: () => Promise<void>;
  further: readonly Account[];
}): SandboxState {
  const bytes = new BytesFolder(paths.bytes);
  const keeper = new DiskKeeper({ journal, bytes });
  const contentOf = bytes.open.bind(bytes);
  const { drive, grantChanges } = readState(readJournal(paths.journal), { now, keeper, contentOf });
  bytes.keepOnly(namesInUse(drive, bytes));
  addAccounts(further, { drive, journal });
  return {
    drive,
    accounts: drive.accounts,
    grantChanges,
    keepGrant: (change) => journal.add(change),
    close: async () => {
      journal.close();
      await unlock();
    },
  };
}

function addAccounts(
  further: readonly Account[],
  { drive, journal }: { drive: DriveStore; journal: Journal },
): void {
  const known = new Set(drive.accounts.map(({ sub }) => sub));
  for (const account of further.filter(({ sub }) => !known.has(sub))) {
    journal.add({ kind: "accountAdded", account });
    drive.addAccount(account);
  }
}

function namesInUse(drive: DriveStore, bytes: BytesFolder): ReadonlySet<string> {
  const files = [...drive.allFiles()];
  const contents = files.flatMap(({ blob }) => (blob?.content instanceof DiskContent ? [blob.content] : []));
  return new Set(contents.map((content) => bytes.nameOf(content)));
}
