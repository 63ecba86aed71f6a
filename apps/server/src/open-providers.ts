import type { GoogleConfig } from "./config.ts";
import { createGoogleDrive, createProviders, type PaceSettings, type Providers } from "./drives/index.ts";
import type { Clock } from "./platform/index.ts";

/**
 * The explicit list of providers, for the main thread and for those that move bytes. The pace is kept in the main
 * thread; the others ask it.
 */
export function openProviders(
  params: {
    readonly google: GoogleConfig;
    readonly clock: Clock;
    /** How long a connection may be silent. */
    readonly idleTimeoutMs: number;
  } & PaceSettings,
): Providers {
  const { google, ...rest } = params;
  return createProviders([createGoogleDrive({ ...google, ...rest })]);
}
