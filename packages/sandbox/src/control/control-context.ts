import type { Account } from "../accounts/account.ts";
import type { SandboxClock } from "../clock.ts";
import type { DriveStore } from "../drive/index.ts";
import type { Faults } from "../faults/index.ts";
import type { Grants, OAuthClient } from "../oauth/index.ts";
import type { Quotas } from "../quotas/index.ts";
import type { LiveSettings } from "../settings/index.ts";
import type { RequestLog } from "../traffic/index.ts";
import type { PickOptions } from "./pick-options.ts";

/** What the control API steers. */
export interface ControlContext {
  /** The address of the sandbox; known once the server listens. */
  readonly origin: () => string;
  /** Where the sandbox reaches itself, which its own address need not lead to; known as soon. */
  readonly localOrigin: () => string;
  /** The OAuth clients, the sandbox's own first. */
  readonly clients: readonly [OAuthClient, ...OAuthClient[]];
  readonly accounts: readonly Account[];
  readonly grants: Grants;
  readonly drive: DriveStore;
  readonly requests: RequestLog;
  readonly clock: SandboxClock;
  readonly settings: LiveSettings;
  readonly faults: Faults;
  readonly quotas: Quotas;
  readonly pick: (email: string, fileIds: readonly string[], options?: PickOptions) => void;
  readonly rotateKeys: () => Promise<void>;
  readonly reset: () => void;
}
