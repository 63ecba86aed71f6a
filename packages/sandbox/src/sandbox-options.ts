import type { FaultPlan } from "./faults/fault-plan.ts";
import type { GeneratedLibraryOptions } from "./generated/generated-library.ts";
import type { NewAccount } from "./accounts/make-account.ts";
import type { LibraryName } from "./seed/library-name.ts";
import type { SettingsPatch } from "./settings/sandbox-settings.ts";
import type { TlsOptions } from "./tls/tls-options.ts";

/** How a sandbox may differ from the usual one. */
export interface SandboxOptions extends GeneratedLibraryOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** The address or the name to listen on. */
  readonly host?: string;
  /**
   * The address by which clients reach the sandbox, when that is not where it listens: an http or https origin, such as
   * that of a published port of a container. It is the origin and the issuer then.
   */
  readonly publicOrigin?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Registered redirect addresses, compared exactly. Left out, every loopback address is accepted. */
  readonly redirectUris?: readonly string[];
  /**
   * OAuth clients besides the one of `clientId`. Each has grants of its own; as there, without `redirectUris` every
   * loopback address is accepted.
   */
  readonly clients?: readonly {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly redirectUris?: readonly string[];
  }[];
  /** People besides Alice and Bob, with empty Drives. */
  readonly accounts?: readonly NewAccount[];
  /** What names, pictures and ids follow from: a whole number. */
  readonly seed?: number;
  /** Left out, "full", or "none" where `files` orders generated ones. */
  readonly library?: LibraryName;
  /** The clock underneath that of the sandbox, in ms since the epoch. Left out, the machine's. */
  readonly now?: () => number;
  readonly accessTokenLifetimeSeconds?: number;
  /**
   * A directory to keep grants and Drives in. Left out, they are in memory and end with the sandbox. What the directory
   * holds already goes before `seed` and `library`.
   */
  readonly dataDir?: string;
  /** What differs from the usual settings from the start on; all of it can be changed later. */
  readonly settings?: SettingsPatch;
  /** What is put in the way of requests from the start on; all of it can be changed later. */
  readonly faults?: FaultPlan;
  /** How long every call of Drive waits before it is looked at, in ms. */
  readonly latencyMs?: number;
  /** Up to how much longer some wait, evenly drawn, in ms. */
  readonly latencyJitterMs?: number;
  /**
   * Whether the sandbox can be steered over HTTP at `/sandbox/api`, which it can unless this is false. `hostNames` are
   * names and addresses, without port, under which it may be called there besides the loopback's, `host` and that of
   * `publicOrigin`: that of a container, say.
   */
  readonly controlApi?: boolean | { readonly hostNames: readonly string[] };
  /** Serves the same with TLS at one more port, under Google's host names and the machine's own. */
  readonly tls?: TlsOptions;
}

/** What holds where an option is left out. */
export const defaults = {
  port: 0,
  host: "127.0.0.1",
  clientId: "sandbox-client.apps.googleusercontent.com",
  clientSecret: "GOCSPX-sandbox-secret",
  seed: 1,
  library: "full",
  accessTokenLifetimeSeconds: 3599,
} as const satisfies SandboxOptions;
