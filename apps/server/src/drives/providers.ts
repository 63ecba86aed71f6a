import type { DriveProvider } from "./provider.ts";

/** The providers that are configured. */
export interface Providers {
  /** Null when no provider of this id is configured. */
  get(id: string): DriveProvider | null;
  /** Closes the connections of all of them. */
  close(): Promise<void>;
}

/** Takes the explicit list of providers; which ones there are is decided where the service is put together. */
export function createProviders(list: readonly DriveProvider[]): Providers {
  const byId = new Map<string, DriveProvider>(list.map((provider) => [provider.id, provider]));
  return {
    get: (id) => byId.get(id) ?? null,
    async close() {
      await Promise.all(list.map((provider) => provider.close()));
    },
  };
}
