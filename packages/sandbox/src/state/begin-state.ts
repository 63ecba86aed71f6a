import { mkdirSync } from "node:fs";
import { sandboxAccounts } from "../accounts/accounts.ts";
import { DriveStore } from "../drive/index.ts";
import { seedLibrary } from "../seed/index.ts";
import { addGenerated } from "./add-generated.ts";
import { BytesFolder } from "./bytes-folder.ts";
import { DiskKeeper } from "./disk-keeper.ts";
import { Journal } from "./journal.ts";
import type { StateBeginning } from "./state-beginning.ts";
import { statePaths } from "./state-paths.ts";
import { STATE_FORMAT } from "./state-record.ts";

/** Fills a directory, which must not be there yet, with a state: the Drives as seeded, and no grants. */
export async function beginState(
  directory: string,
  { library, seed, generated, nowMs }: StateBeginning,
): Promise<void> {
  mkdirSync(directory, { mode: 0o700 });
  const paths = statePaths(directory);
  const journal = new Journal(paths.journal, { gathers: true });
  try {
    journal.add({ kind: "began", format: STATE_FORMAT, seed });
    const keeper = new DiskKeeper({ journal, bytes: new BytesFolder(paths.bytes) });
    const store = new DriveStore({ now: () => nowMs, seed, keeper });
    for (const account of sandboxAccounts) {
      store.addAccount(account);
    }
    await seedLibrary({ store, accounts: sandboxAccounts, library, seed });
    await addGenerated(store, { generated, seed });
  } finally {
    journal.close();
  }
}
