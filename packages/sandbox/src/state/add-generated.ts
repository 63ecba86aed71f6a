import { sandboxAccounts } from "../accounts/accounts.ts";
import type { DriveStore } from "../drive/index.ts";
import { addGeneratedLibrary } from "../generated/index.ts";
import type { StateBeginning } from "./state-beginning.ts";

/** Adds the generated files that a state begins with, if any, to the Drive of the first account. */
export async function addGenerated(
  store: DriveStore,
  { generated, seed }: Pick<StateBeginning, "generated" | "seed">,
): Promise<void> {
  const [owner] = sandboxAccounts;
  if (generated === null || owner === undefined) return;
  await addGeneratedLibrary(store, owner.sub, { library: generated, seed });
}
