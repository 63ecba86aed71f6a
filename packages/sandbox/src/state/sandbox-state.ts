import type { Account } from "../accounts/account.ts";
import type { DriveStore } from "../drive/index.ts";
import type { GrantChange } from "../oauth/index.ts";

/** What a sandbox knows beyond a single request, and where it is kept. */
export interface SandboxState {
  readonly drive: DriveStore;
  /** Everybody who has a Drive: the sandbox's own people, and those added now or earlier. */
  readonly accounts: readonly Account[];
  /** What happened to the grants before, for the grants to repeat. */
  readonly grantChanges: readonly GrantChange[];
  /** Keeps what happens to the grants from now on. */
  readonly keepGrant: (change: GrantChange) => void;
  /** Lets go of what the state is kept in; afterwards nothing can be changed. */
  close(): Promise<void>;
}
