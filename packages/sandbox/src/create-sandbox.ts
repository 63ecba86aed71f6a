import type { FastifyInstance } from "fastify";
import type { Account } from "./accounts/account.ts";
import { beginFaults } from "./begin-faults.ts";
import { checkOptions } from "./check-options.ts";
import type { SandboxClock } from "./clock.ts";
import { type ControlContext, NotThereError, pickFiles, registerControlRoutes } from "./control/index.ts";
import type { PickOptions } from "./control/pick-options.ts";
import type { DriveStore } from "./drive/store/drive-store.ts";
import type { Faults } from "./faults/faults.ts";
import { findGeneratedFolder } from "./generated/index.ts";
import { listeningOrigin } from "./hosts/listening-origin.ts";
import { openParts, type SandboxParts } from "./open-parts.ts";
import { parsePublicOrigin } from "./hosts/public-origin.ts";
import type { Quotas } from "./quotas/quotas.ts";
import { defaults, type SandboxOptions } from "./sandbox-options.ts";
import { buildServer } from "./server.ts";
import type { LiveSettings } from "./settings/live-settings.ts";
import type { TlsListener } from "./tls/index.ts";
import type { TlsAddress } from "./tls/tls-address.ts";
import type { TlsOptions } from "./tls/tls-options.ts";
import type { RequestLog } from "./traffic/request-log.ts";

/** A running sandbox. */
export interface Sandbox {
  /** Scheme, host and port, without a slash at the end: `publicOrigin`, or where this machine reaches the sandbox. */
  readonly origin: string;
  /** What to discover OpenID Connect at; the same as the origin. */
  readonly issuer: string;
  /** What stands before `/drive/v3` and `/upload/drive/v3`; the same as the origin. */
  readonly apiRoot: string;
  /** Where it is reached with TLS, under Google's host names too; null without the option `tls`. */
  readonly tls: TlsAddress | null;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accounts: readonly Account[];
  /** The folder of the files that the option `files` ordered, in the first account; null when there is none. */
  readonly generatedFolderId: string | null;
  /** The files of all accounts, to look into and to change behind the client's back. */
  readonly drive: DriveStore;
  readonly requests: RequestLog;
  /** What is put in the way of requests. */
  readonly faults: Faults;
  /** The clock by which codes, tokens, sessions and quotas run out; it can be moved. */
  readonly clock: SandboxClock;
  /** What may change while the sandbox runs. */
  readonly settings: LiveSettings;
  /** What was used of the API, by users and projects. */
  readonly quotas: Quotas;
  /**
   * Ends the access of a client to an account, as the person can in the account's settings.
   *
   * @param clientId the client of the sandbox itself when left out
   * @throws RangeError when there is no such account or client
   */
  revokeGrant(email: string, clientId?: string): void;
  /** Signs ID tokens with a new key from now on; the one before the current key is no longer published. */
  rotateKeys(): Promise<void>;
  /**
   * Gives files to an application under drive.file, as a person does with the Google Picker.
   *
   * @throws NotThereError when there is no such account or application, or the account has no such file
   */
  pick(email: string, fileIds: readonly string[], options?: PickOptions): void;
  /**
   * Forgets the log and the use of quotas, and puts faults, settings and clock back to the start. Files, grants, codes and
   * tokens stay; what was stamped later than the clock then shows counts as stamped at that moment.
   */
  reset(): void;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox: fills the Drives or opens those of an earlier one, then listens.
 *
 * @throws RangeError that names the option which is unknown or whose value is none; the system's error when a port cannot
 *   be listened on (EADDRINUSE, EACCES); Error when the data directory is in use or cannot be read
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  checkOptions(options);
  const parts = await openParts(options);
  try {
    return await start(parts, options);
  } catch (error) {
    await parts.closeState();
    throw error;
  }
}

async function start(parts: SandboxParts, options: SandboxOptions): Promise<Sandbox> {
  const { host = defaults.host, port = defaults.port } = options;
  parts.settings.knowAccounts(parts.accounts);
  const publicOrigin = parsePublicOrigin(options.publicOrigin ?? "");
  let localOrigin = "";
  let origin = "";
  const app = await buildServer({ ...parts, origin: () => origin, now: parts.clock.now });
  const steering = steeringOf(parts, beginFaults(parts, options));
  const control = {
    ...parts,
    ...steering,
    origin: () => origin,
    localOrigin: () => localOrigin,
    drive: parts.store,
    clients: clientsOf(parts),
  };
  await offerControl(app, control, { host, publicOrigin, controlApi: options.controlApi ?? true });
  await app.listen({ host, port });
  localOrigin = listeningOrigin("http", { host, address: app.server.address() });
  origin = publicOrigin ?? localOrigin;
  const tls =
    options.tls === undefined
      ? null
      : await openSecondDoor({ app, host, tls: options.tls }).catch(async (error: unknown) => {
          await app.close();
          throw error;
        });
  return {
    ...publicPartsOf(parts),
    ...steering,
    origin,
    issuer: origin,
    apiRoot: origin,
    tls: tls?.address ?? null,
    close: async () => {
      parts.requests.close();
      await tls?.close();
      await app.close();
      await parts.closeState();
    },
  };
}

function publicPartsOf(parts: SandboxParts) {
  const { mainClient, accounts, store: drive, requests, faults, clock, settings, quotas } = parts;
  const { clientId, clientSecret } = mainClient;
  const generatedFolderId = generatedFolderOf(accounts, drive);
  return {
    clientId,
    clientSecret,
    accounts,
    generatedFolderId,
    drive,
    requests,
    faults,
    clock,
    settings,
    quotas,
  };
}

/** What a program and the control API do to a running sandbox alike. `beginFaultsAnew` puts the faults of the start in force. */
function steeringOf(
  parts: SandboxParts,
  beginFaultsAnew: () => void,
): Pick<Sandbox, "revokeGrant" | "rotateKeys" | "pick" | "reset"> {
  const { accounts, clients, mainClient, grants, codes, signingKeys, settings, clock, quotas, requests } =
    parts;
  const clientIds = clients.all.map((each) => each.clientId);
  const settingsBegun = settings.current;
  return {
    revokeGrant: (email, clientId = mainClient.clientId) => {
      const account = accountOf(accounts, email);
      if (!clientIds.includes(clientId)) throw new NotThereError("client", clientId, "clientId");
      const grant = grants.find(account, clientId);
      if (grant !== null) {
        grants.revoke(grant);
      }
    },
    rotateKeys: () => signingKeys.rotate(),
    pick: (email, fileIds, { clientId = mainClient.clientId } = {}) =>
      pickFiles({ accounts, clientIds, drive: parts.store }, { email, fileIds, clientId }),
    reset: () => {
      beginFaultsAnew();
      settings.restore(settingsBegun);
      clock.reset();
      for (const each of [grants, codes, signingKeys]) each.beginByNow();
      quotas.reset();
      requests.clear();
    },
  };
}

/** All clients, the main one first. */
function clientsOf({ clients, mainClient }: SandboxParts): ControlContext["clients"] {
  return [mainClient, ...clients.all.filter((client) => client !== mainClient)];
}

async function offerControl(
  app: FastifyInstance,
  control: ControlContext,
  {
    host,
    publicOrigin,
    controlApi,
  }: {
    host: string;
    publicOrigin: string | null;
    controlApi: boolean | { readonly hostNames: readonly string[] };
  },
): Promise<void> {
  if (controlApi === false) return;
  const own = host.includes(":") ? `[${host}]` : host;
  const known = publicOrigin === null ? [] : [new URL(publicOrigin).hostname];
  const further = controlApi === true ? [] : controlApi.hostNames;
  await registerControlRoutes(app, control, { hostNames: [own, ...known, ...further] });
}

/** What certificates take to be made is loaded by those alone who ask for TLS. */
async function openSecondDoor({
  app,
  host,
  tls,
}: {
  app: FastifyInstance;
  host: string;
  tls: TlsOptions;
}): Promise<TlsListener> {
  const { listenWithTls } = await import("./tls/index.ts");
  return await listenWithTls({
    ...tls,
    host,
    routing: (request, response) => app.routing(request, response),
  });
}

function generatedFolderOf([owner]: readonly Account[], drive: DriveStore): string | null {
  return owner === undefined ? null : findGeneratedFolder(drive, owner.sub);
}

function accountOf(accounts: readonly Account[], email: string): Account {
  const account = accounts.find((candidate) => candidate.email === email);
  if (account === undefined) {
    throw new RangeError(`The sandbox has no account ${email}`);
  }
  return account;
}
