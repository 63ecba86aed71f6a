import type { GoogleConfig } from "./config.ts";
import { createGoogleDrive, createProviders, type Providers } from "./drives/index.ts";
import type { Clock } from "./platform/index.ts";

/** The explicit list of providers, for the main thread and for those that move bytes. */
export function openProviders(params: { readonly google: GoogleConfig; readonly clock: Clock }): Providers {
  return createProviders([createGoogleDrive({ ...params.google, clock: params.clock })]);
}
