import type { LibraryName } from "../seed/index.ts";

/** What the command line says, as commander gives it. */
export interface CliOptions {
  readonly port: number;
  readonly host: string;
  readonly publicOrigin?: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri?: string[];
  readonly account?: string[];
  readonly library?: LibraryName;
  readonly files?: number;
  readonly sizeBytes?: number;
  readonly fileSizes?: "fixed" | "lognormal";
  readonly filesPerFolder?: number;
  readonly seed: number;
  readonly accessTokenSeconds: number;
  readonly data?: string;
  readonly latencyMs: number;
  readonly latencyJitterMs: number;
  readonly faults?: string;
  readonly settings?: string;
  readonly quota: "none" | "google";
  readonly storageLimitBytes?: number;
  readonly tlsPort?: number;
  readonly tlsDir?: string;
  readonly control: boolean;
  readonly controlHost?: string[];
  readonly exitWithStdin: boolean;
  readonly json: boolean;
}
