import type { AddressInfo } from "node:net";
import type { Account } from "./account.ts";
import { sandboxAccounts } from "./accounts.ts";
import { SandboxClock } from "./clock.ts";
import type { DriveStore } from "./drive/index.ts";
import { AuthorizationCodes, Grants } from "./oauth/index.ts";
import { defaults, type SandboxOptions } from "./sandbox-options.ts";
import { buildServer } from "./server.ts";
import { LiveSettings } from "./settings/index.ts";
import { holdInMemory, keepOnDisk } from "./state/index.ts";
import { RequestLog } from "./traffic/index.ts";

/** A running sandbox. */
export interface Sandbox {
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string;
  /** What to discover OpenID Connect at; the same as the origin. */
  readonly issuer: string;
  /** What stands before `/drive/v3` and `/upload/drive/v3`; the same as the origin. */
  readonly apiRoot: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accounts: readonly Account[];
  /** The files of all accounts, to look into and to change behind the client's back. */
  readonly drive: DriveStore;
  readonly requests: RequestLog;
  /** The clock by which codes, tokens, sessions and quotas run out; it can be moved. */
  readonly clock: SandboxClock;
  /** What may change while the sandbox runs. */
  readonly settings: LiveSettings;
  /** Ends the access of the client to an account, as the person can in the account's settings. */
  revokeGrant(email: string): void;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox: fills the Drives or opens those of an earlier one, then listens.
 *
 * @throws RangeError for settings that are none; the system's error when the port cannot be listened on (EADDRINUSE, EACCES); Error when the data directory is
 *   in use or cannot be read
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    seed,
    library,
    host,
    port,
    clientId,
    clientSecret,
    redirectUris,
    dataDir,
    accessTokenLifetimeSeconds,
  } = {
    ...defaults,
    redirectUris: null,
    dataDir: undefined,
    ...options,
  };
  const settings = new LiveSettings();
  settings.change(options.settings ?? {});
  const clock = new SandboxClock(options.now);
  const { now } = clock;
  const accounts = sandboxAccounts;
  const beginning = { library, seed, nowMs: now() };
  const state =
    dataDir === undefined
      ? await holdInMemory(beginning, { now })
      : await keepOnDisk(dataDir, { beginning, now });
  const { drive } = state;
  const codes = new AuthorizationCodes({ now });
  const grants = new Grants({
    now,
    accessTokenLifetimeSeconds,
    accounts,
    keep: state.keepGrant,
    onRevoked: (grant) => {
      codes.dropGrant(grant);
      drive.revokeFileGrants({ clientId: grant.clientId, sub: grant.account.sub });
    },
  });
  for (const change of state.grantChanges) {
    grants.restore(change);
  }
  const requests = new RequestLog();
  let origin = "";
  const client = { clientId, clientSecret, redirectUris };
  const app = await buildServer({
    origin: () => origin,
    client,
    accounts,
    grants,
    codes,
    store: drive,
    requests,
    settings,
    now,
  });
  await app.listen({ host, port }).catch(async (error: unknown) => {
    await state.close();
    throw error;
  });
  origin = originOf(host, app.server.address());
  return {
    origin,
    issuer: origin,
    apiRoot: origin,
    clientId,
    clientSecret,
    accounts,
    drive,
    requests,
    clock,
    settings,
    revokeGrant: (email) => {
      const account = accountOf(accounts, email);
      const grant = grants.find(account, clientId);
      if (grant !== null) {
        grants.revoke(grant);
      }
    },
    close: async () => {
      await app.close();
      await state.close();
    },
  };
}

function accountOf(accounts: readonly Account[], email: string): Account {
  const account = accounts.find((candidate) => candidate.email === email);
  if (account === undefined) {
    throw new RangeError(`The sandbox has no account ${email}`);
  }
  return account;
}

function originOf(host: string, address: AddressInfo | string | null): string {
  if (address === null || typeof address === "string") {
    throw new TypeError("The sandbox does not listen on a TCP port");
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}
