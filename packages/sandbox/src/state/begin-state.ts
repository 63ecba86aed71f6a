import { mkdirSync } from "node:fs";
import { sandboxAccounts } from "../accounts.ts";
import { DriveStore } from "../drive/index.ts";
import { type LibraryName, seedLibrary } from "../seed/index.ts";
import { BytesFolder } from "./bytes-folder.ts";
import { DiskKeeper } from "./disk-keeper.ts";
import { Journal } from "./journal.ts";
import { statePaths } from "./state-paths.ts";
import { STATE_FORMAT } from "./state-record.ts";

/** What a state begins with. */
export interface StateBeginning {
  readonly library: LibraryName;
  readonly seed: number;
  /** When it begins, in ms since the epoch. */
  readonly nowMs: number;
}

/** Fills a directory, which must not be there yet, with a state: the Drives as seeded, and no grants. */
export async function beginState(directory: string, { library, seed, nowMs }: StateBeginning): Promise<void> {
  mkdirSync(directory, { mode: 0o700 });
  const paths = statePaths(directory);
  const journal = new Journal(paths.journal);
  try {
    journal.add({ kind: "began", format: STATE_FORMAT, seed });
    const keeper = new DiskKeeper({ journal, bytes: new BytesFolder(paths.bytes) });
    const store = new DriveStore({ now: () => nowMs, seed, keeper });
    for (const account of sandboxAccounts) {
      store.addAccount(account);
    }
    await seedLibrary({ store, accounts: sandboxAccounts, library, seed });
  } finally {
    journal.close();
  }
}
