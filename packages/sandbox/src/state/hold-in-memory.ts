import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "../accounts/account.ts";
import { sandboxAccounts } from "../accounts/accounts.ts";
import { DriveStore, MemoryContent } from "../drive/index.ts";
import { seedLibrary } from "../seed/index.ts";
import { makeTemporaryDirectory } from "../temporary-directory.ts";
import { addGenerated } from "./add-generated.ts";
import type { StateBeginning } from "./state-beginning.ts";
import { beginStateApart } from "./begin-state-apart.ts";
import { readJournal } from "./journal.ts";
import { readState } from "./read-state.ts";
import type { SandboxState } from "./sandbox-state.ts";
import { statePaths } from "./state-paths.ts";

/** Makes a state that is in memory alone and gone with the process. `further` people get empty Drives. */
export async function holdInMemory(
  beginning: StateBeginning,
  { now, further }: { now: () => number; further: readonly Account[] },
): Promise<SandboxState> {
  const drive =
    beginning.library === "full" ? await madeApart(beginning, now) : await madeHere(beginning, now);
  await addGenerated(drive, beginning);
  for (const account of further) drive.addAccount(account);
  return {
    drive,
    accounts: drive.accounts,
    grantChanges: [],
    keepGrant: () => {},
    close: async () => {},
  };
}

async function madeHere({ library, seed }: StateBeginning, now: () => number): Promise<DriveStore> {
  const store = new DriveStore({ now, seed });
  for (const account of sandboxAccounts) {
    store.addAccount(account);
  }
  await seedLibrary({ store, accounts: sandboxAccounts, library, seed });
  return store;
}

/** The pictures take a way over the disk, from the process that makes them to this one. */
async function madeApart(beginning: StateBeginning, now: () => number): Promise<DriveStore> {
  const place = makeTemporaryDirectory(join(tmpdir(), "driveway-sandbox-"));
  try {
    const directory = join(place.path, "state");
    await beginStateApart(directory, { ...beginning, generated: null });
    const { journal, bytes } = statePaths(directory);
    const contentOf = (name: string) => new MemoryContent([readFileSync(join(bytes, name))]);
    return readState(readJournal(journal), { now, keeper: null, contentOf }).drive;
  } finally {
    place.remove();
  }
}
