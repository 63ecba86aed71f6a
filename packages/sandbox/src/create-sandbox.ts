import type { AddressInfo } from "node:net";
import type { Account } from "./account.ts";
import { sandboxAccounts } from "./accounts.ts";
import type { DriveStore } from "./drive/index.ts";
import { AuthorizationCodes, Grants } from "./oauth/index.ts";
import { RequestLog } from "./request-log.ts";
import { defaults, type SandboxOptions } from "./sandbox-options.ts";
import { buildServer } from "./server.ts";
import { holdInMemory, keepOnDisk } from "./state/index.ts";

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
  /** Ends the access of the client to an account, as the person can in the account's settings. */
  revokeGrant(email: string): void;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox: fills the Drives or opens those of an earlier one, then listens.
 *
 * @throws the system's error when the port cannot be listened on (EADDRINUSE, EACCES); Error when the data directory is
 *   in use or cannot be read
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = { ...defaults, now: Date.now, redirectUris: null, ...options };
  const { now, seed, library, host, port, clientId, clientSecret, redirectUris } = settings;
  const accounts = sandboxAccounts;
  const beginning = { library, seed, nowMs: now() };
  const state =
    settings.dataDir === undefined
      ? await holdInMemory(beginning, { now })
      : await keepOnDisk(settings.dataDir, { beginning, now });
  const { drive } = state;
  const codes = new AuthorizationCodes({ now });
  const grants = new Grants({
    now,
    accessTokenLifetimeSeconds: settings.accessTokenLifetimeSeconds,
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
  const requests = new RequestLog({ now });
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
