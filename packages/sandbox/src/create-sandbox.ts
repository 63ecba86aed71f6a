import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Account } from "./account.ts";
import { SandboxClock } from "./clock.ts";
import { type ControlContext, type PickOptions, pickFiles, registerControlRoutes } from "./control/index.ts";
import type { DriveStore } from "./drive/index.ts";
import { type FaultPlanInput, Faults } from "./faults/index.ts";
import { findGeneratedFolder, generatedLibraryOf } from "./generated/index.ts";
import { makeAccounts } from "./make-account.ts";
import { AuthorizationCodes, Grants, OAuthClients, SigningKeys } from "./oauth/index.ts";
import { Quotas } from "./quotas/index.ts";
import { defaults, type SandboxOptions } from "./sandbox-options.ts";
import { buildServer } from "./server.ts";
import { LiveSettings } from "./settings/index.ts";
import { holdInMemory, keepOnDisk } from "./state/index.ts";
import type { TlsAddress, TlsListener, TlsOptions } from "./tls/index.ts";
import { RequestLog } from "./traffic/index.ts";

/** A running sandbox. */
export interface Sandbox {
  /** Scheme, host and port, without a slash at the end. */
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
   * @throws RangeError when there is no such account
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
  /** Forgets the log and the use of quotas, and puts faults, settings and clock back to the start. Files, grants and tokens stay. */
  reset(): void;
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
  const { seed, host, port, clientId, clientSecret, redirectUris, dataDir, accessTokenLifetimeSeconds } = {
    ...defaults,
    redirectUris: null,
    dataDir: undefined,
    ...options,
  };
  const settings = new LiveSettings();
  settings.change(options.settings ?? {});
  const clock = new SandboxClock(options.now);
  const { now } = clock;
  const client = { clientId, clientSecret, redirectUris };
  const furtherClients = (options.clients ?? []).map((each) => ({ redirectUris: null, ...each }));
  const clients = new OAuthClients([client, ...furtherClients]);
  const further = makeAccounts(options.accounts ?? []);
  const generated = generatedLibraryOf(options);
  const library = options.library ?? (generated === null ? defaults.library : "none");
  const beginning = { library, seed, generated, nowMs: now() };
  const state =
    dataDir === undefined
      ? await holdInMemory(beginning, { now, further })
      : await keepOnDisk(dataDir, { beginning, now, further });
  const { drive, accounts } = state;
  const codes = new AuthorizationCodes({ now, settings });
  const signingKeys = await SigningKeys.create({ now, settings });
  const grants = new Grants({
    now,
    settings,
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
  const quotas = new Quotas({ settings, now });
  const requests = new RequestLog();
  const requestKinds = new Set<string>();
  const faults = new Faults({
    isFile: (fileId) => drive.get(fileId) !== undefined,
    knownKinds: () => [...requestKinds].sort(),
  });
  let origin = "";
  const app = await buildServer({
    origin: () => origin,
    clients,
    accounts,
    grants,
    codes,
    signingKeys,
    store: drive,
    requests,
    requestKinds,
    faults,
    settings,
    quotas,
    now,
  });
  const plan = planOf(options, [...requestKinds]);
  try {
    // Alone first: a refusal then counts the rules as they were given, without the latency before them.
    if (options.faults !== undefined) faults.replace(options.faults);
    faults.replace(plan);
  } catch (error) {
    await state.close();
    throw error;
  }
  const clientIds = clients.all.map((each) => each.clientId);
  const pick: Sandbox["pick"] = (email, fileIds, { clientId: pickedFor = clientId } = {}) =>
    pickFiles({ accounts, clientIds, drive }, { email, fileIds, clientId: pickedFor });
  const begun = settings.current;
  // A file that the plan names may be gone by then.
  const rulesBegun = plan.rules.map((rule) => ({ ...rule, fileMayAppear: true }));
  const reset = () => {
    faults.replace({ ...plan, rules: rulesBegun });
    settings.restore(begun);
    clock.reset();
    quotas.reset();
    requests.clear();
  };
  const control = {
    origin: () => origin,
    clients: [client, ...furtherClients] as const,
    accounts,
    grants,
    drive,
    requests,
    faults,
    quotas,
    clock,
    settings,
    pick,
    rotateKeys: () => signingKeys.rotate(),
    reset,
  };
  await offerControl(app, control, { host, controlApi: options.controlApi ?? true });
  await app.listen({ host, port }).catch(async (error: unknown) => {
    await state.close();
    throw error;
  });
  origin = originOf(host, app.server.address());
  const tls =
    options.tls === undefined
      ? null
      : await openSecondDoor({ app, host, tls: options.tls }).catch(async (error: unknown) => {
          await app.close();
          await state.close();
          throw error;
        });
  return {
    origin,
    issuer: origin,
    apiRoot: origin,
    tls: tls?.address ?? null,
    clientId,
    clientSecret,
    accounts,
    generatedFolderId: generatedFolderOf(accounts, drive),
    drive,
    requests,
    faults,
    clock,
    settings,
    quotas,
    rotateKeys: () => signingKeys.rotate(),
    revokeGrant: (email, ofClientId = clientId) => {
      const account = accountOf(accounts, email);
      const grant = grants.find(account, ofClientId);
      if (grant !== null) {
        grants.revoke(grant);
      }
    },
    pick,
    reset,
    close: async () => {
      requests.close();
      await tls?.close();
      await app.close();
      await state.close();
    },
  };
}

async function offerControl(
  app: FastifyInstance,
  control: ControlContext,
  { host, controlApi }: { host: string; controlApi: boolean | { readonly hostNames: readonly string[] } },
): Promise<void> {
  if (controlApi === false) return;
  const own = host.includes(":") ? `[${host}]` : host;
  const further = controlApi === true ? [] : controlApi.hostNames;
  await registerControlRoutes(app, control, { hostNames: [own, ...further] });
}

/** The faults from the start on: the latency of the options lies on every call of Drive, beside the plan. */
function planOf(
  { faults, latencyMs = 0, latencyJitterMs = 0 }: SandboxOptions,
  kinds: readonly string[],
): FaultPlanInput {
  if (latencyMs === 0 && latencyJitterMs === 0) return faults ?? { rules: [] };
  const route = kinds.filter((kind) => !kind.startsWith("oauth."));
  const latency = { kind: "latency", ms: latencyMs, jitterMs: latencyJitterMs } as const;
  return { ...faults, rules: [{ route, fault: latency }, ...(faults?.rules ?? [])] };
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

function originOf(host: string, address: AddressInfo | string | null): string {
  if (address === null || typeof address === "string") {
    throw new TypeError("The sandbox does not listen on a TCP port");
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}
