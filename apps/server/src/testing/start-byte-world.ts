import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { approveConsent, createSandbox, type Sandbox } from "@driveway/sandbox";
import { type BlobStore, createDiskBlobStore } from "../blobs/index.ts";
import type { Credential, DriveAccess, DriveFile, Providers } from "../drives/index.ts";
import { openByteMover } from "../open-byte-mover.ts";
import { openProviders } from "../open-providers.ts";
import { systemClock } from "../platform/index.ts";
import type { ByteMover } from "../transfers/bytes/index.ts";
import { blobNames } from "./blob-names.ts";
import { googleClient } from "./google-client.ts";
import { type Fate, type ProxiedRequest, startFaultProxy } from "./start-fault-proxy.ts";
import { testLog } from "./test-log.ts";

const REDIRECT_URI = "http://localhost:9/callback";

/** A sandbox, a blob folder, and somebody who moves bytes between them: no database and no queue. */
export interface ByteWorld {
  readonly sandbox: Sandbox;
  readonly mover: ByteMover;
  readonly blobs: BlobStore;
  readonly blobDirectory: string;
  /** To Alice's Drive; every lending of a token is counted in `lent`. */
  readonly access: DriveAccess;
  readonly lent: { count: number };
  /** Adds a JPEG to Alice's Drive and describes it as the Drive does. */
  addFile(content: Buffer, more?: { readonly omitSha?: boolean }): Promise<DriveFile>;
  /** Has the next requests decided so; every one passes until then. */
  decide(fate: (request: ProxiedRequest) => Fate): void;
  /** Names of what is staged, and of what is committed. */
  stored(): Promise<{ readonly staged: readonly string[]; readonly committed: readonly string[] }>;
  stop(): Promise<void>;
}

/**
 * @param params.threads 0 moves the bytes in the thread of the test
 * @param params.isProxied whether requests go through the proxy that {@link ByteWorld.decide} steers
 */
export async function startByteWorld(params: {
  readonly threads: number;
  readonly isProxied?: boolean;
}): Promise<ByteWorld> {
  let fate = (_request: ProxiedRequest): Fate => ({ kind: "pass" });
  const sandbox = await createSandbox({ library: "none" });
  const proxy = await startFaultProxy({ target: sandbox.apiRoot, decide: (request) => fate(request) });
  const google = googleClient(params.isProxied === true ? { ...sandbox, apiRoot: proxy.origin } : sandbox);
  const idleTimeoutMs = 20_000;
  const providers = openProviders({ google, clock: systemClock, idleTimeoutMs });
  const blobDirectory = await mkdtemp(join(tmpdir(), "driveway-bytes-"));
  const blobs = createDiskBlobStore({ directory: blobDirectory });
  const log = testLog();
  const mover = openByteMover({ ...params, google, idleTimeoutMs, blobDirectory, providers, blobs, log });
  const lent = { count: 0 };
  const credential = await connectAlice(providers, lent);
  const provider = providers.get("google_drive");
  if (provider === null) throw new Error("there is no Google Drive");
  const pace = provider.paceOf({ oauthClientId: sandbox.clientId, providerUserId: "alice" });
  const work = { kind: "bulk", unitsLeft: null } as const;
  const access: DriveAccess = { provider: provider.id, credential, pace, work };
  const drive = provider.openDrive(credential, access);
  return {
    sandbox,
    mover,
    blobs,
    blobDirectory,
    access,
    lent,
    async addFile(content, more = {}) {
      const file = { name: "a.jpg", mimeType: "image/jpeg", content, ...more };
      const { id } = sandbox.drive.addFile(sandbox.accounts[0]?.sub ?? "", file);
      const [answer] = (await drive?.getFiles([{ id }])) ?? [];
      if (answer?.ok !== true) throw new Error("the Drive does not describe the file");
      return answer.file;
    },
    decide(next) {
      fate = next;
    },
    async stored() {
      const staged = await readdir(join(blobDirectory, "staging")).catch(() => []);
      return { staged, committed: await blobNames(blobDirectory).catch(() => []) };
    },
    async stop() {
      await mover.stop();
      await providers.close();
      await proxy.close();
      await sandbox.close();
      await rm(blobDirectory, { recursive: true, force: true });
    },
  };
}

async function connectAlice(providers: Providers, lent: { count: number }): Promise<Credential> {
  const google = providers.get("google_drive");
  if (google === null) throw new Error("there is no provider");
  const codeVerifier = randomBytes(32).toString("base64url");
  const address = { state: "a state", codeVerifier, redirectUri: REDIRECT_URI };
  const back = await approveConsent({ authorizationUrl: await google.oauth.authorizationUrl(address) });
  const code = back.searchParams.get("code") ?? "";
  const { tokens } = await google.oauth.exchangeCode({ code, codeVerifier, redirectUri: REDIRECT_URI });
  const token = { accessToken: tokens.accessToken, version: 1 };
  return {
    async current() {
      lent.count += 1;
      return token;
    },
    renew: async () => ({ ...token, version: 2 }),
    giveUp: async () => {},
  };
}
