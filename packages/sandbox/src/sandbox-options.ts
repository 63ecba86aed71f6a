import type { LibraryName } from "./seed/index.ts";
import type { SettingsPatch } from "./settings/index.ts";

/** How a sandbox may differ from the usual one. */
export interface SandboxOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Registered redirect addresses, compared exactly. Left out, every loopback address is accepted. */
  readonly redirectUris?: readonly string[];
  /** What names, pictures and ids follow from: a whole number. */
  readonly seed?: number;
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
