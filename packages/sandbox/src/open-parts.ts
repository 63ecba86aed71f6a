import type { Account } from "./accounts/account.ts";
import { SandboxClock } from "./clock.ts";
import type { DriveStore } from "./drive/index.ts";
import { Faults } from "./faults/index.ts";
import { generatedLibraryOf } from "./generated/index.ts";
import { makeAccounts } from "./accounts/make-account.ts";
import { AuthorizationCodes, Grants, type OAuthClient, OAuthClients, SigningKeys } from "./oauth/index.ts";
import { Quotas } from "./quotas/index.ts";
import { defaults, type SandboxOptions } from "./sandbox-options.ts";
import { LiveSettings } from "./settings/index.ts";
import { holdInMemory, keepOnDisk, type SandboxState } from "./state/index.ts";
import { RequestLog } from "./traffic/index.ts";

/** What a sandbox consists of, before anybody can reach it. */
export interface SandboxParts {
  readonly settings: LiveSettings;
  readonly clock: SandboxClock;
  readonly clients: OAuthClients;
  /** The client of the options `clientId` and `clientSecret`. */
  readonly mainClient: OAuthClient;
  readonly accounts: readonly Account[];
  readonly store: DriveStore;
  readonly codes: AuthorizationCodes;
  readonly signingKeys: SigningKeys;
  readonly grants: Grants;
  readonly quotas: Quotas;
  readonly requests: RequestLog;
  /** The names of all requests that are logged; there once the routes are. */
  readonly requestKinds: Set<string>;
  readonly faults: Faults;
  /** Lets go of what the state is kept in. */
  closeState(): Promise<void>;
}

/**
 * Makes the parts of a sandbox: fills the Drives or opens those of an earlier one.
 *
 * @throws RangeError for options that are none; Error when the data directory is in use or cannot be read
 */
export async function openParts(options: SandboxOptions): Promise<SandboxParts> {
  const settings = new LiveSettings();
  settings.change(options.settings ?? {});
  const clock = new SandboxClock(options.now);
  const { now } = clock;
  const mainClient = mainClientOf(options);
  const furtherClients = (options.clients ?? []).map((each) => ({
    ...each,
    redirectUris: each.redirectUris ?? null,
  }));
  const clients = new OAuthClients([mainClient, ...furtherClients]);
  const state = await openState(options, now);
  const { drive: store, accounts } = state;
  const codes = new AuthorizationCodes({ now, settings });
  const grants = new Grants({
    now,
    settings,
    accessTokenLifetimeSeconds: options.accessTokenLifetimeSeconds ?? defaults.accessTokenLifetimeSeconds,
    accounts,
    keep: state.keepGrant,
    onRevoked: (grant) => {
      codes.dropGrant(grant);
      store.revokeFileGrants({ clientId: grant.clientId, sub: grant.account.sub });
    },
  });
  for (const change of state.grantChanges) {
    grants.restore(change);
  }
  const requestKinds = new Set<string>();
  return {
    settings,
    clock,
    clients,
    mainClient,
    accounts,
    store,
    codes,
    signingKeys: await SigningKeys.create({ now, settings }),
    grants,
    quotas: new Quotas({ settings, now }),
    requests: new RequestLog(),
    requestKinds,
    faults: new Faults({
      isFile: (fileId) => store.get(fileId) !== undefined,
      isAccount: (email) => accounts.some((account) => account.email === email),
      isClient: (clientId) => clients.all.some((client) => client.clientId === clientId),
      kinds: () => [...requestKinds].sort(),
    }),
    closeState: () => state.close(),
  };
}

function mainClientOf({ clientId, clientSecret, redirectUris }: SandboxOptions): OAuthClient {
  return {
    clientId: clientId ?? defaults.clientId,
    clientSecret: clientSecret ?? defaults.clientSecret,
    redirectUris: redirectUris ?? null,
  };
}

async function openState(options: SandboxOptions, now: () => number): Promise<SandboxState> {
  const further = makeAccounts(options.accounts ?? []);
  const generated = generatedLibraryOf(options);
  const library = options.library ?? (generated === null ? defaults.library : "none");
  const beginning = { library, seed: options.seed ?? defaults.seed, generated, nowMs: now() };
  return options.dataDir === undefined
    ? await holdInMemory(beginning, { now, further })
    : await keepOnDisk(options.dataDir, { beginning, now, further });
}
