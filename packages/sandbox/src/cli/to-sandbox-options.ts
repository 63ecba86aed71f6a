import type { FaultPlan } from "../faults/index.ts";
import type { SandboxOptions } from "../sandbox-options.ts";
import type { SettingsPatch } from "../settings/index.ts";
import type { CliOptions } from "./cli-options.ts";
import { readJsonFile } from "./read-json-file.ts";

/**
 * The options of a sandbox as a command line asks for them.
 *
 * @throws RangeError as readJsonFile does; what the files say is checked by the sandbox
 */
export function toSandboxOptions(options: CliOptions): SandboxOptions {
  const { port, host, clientId, clientSecret, seed, latencyMs, latencyJitterMs } = options;
  const { publicOrigin, redirectUri, account = [], faults, data, accessTokenSeconds } = options;
  return {
    ...{ port, host, clientId, clientSecret, seed, latencyMs, latencyJitterMs },
    ...contentOf(options),
    accessTokenLifetimeSeconds: accessTokenSeconds,
    accounts: account.map((email) => ({ email })),
    settings: settingsOf(options),
    controlApi: controlOf(options),
    ...(publicOrigin !== undefined && { publicOrigin }),
    ...(redirectUri !== undefined && { redirectUris: redirectUri }),
    ...(data !== undefined && { dataDir: data }),
    ...(faults !== undefined && { faults: readJsonFile(faults, "--faults") as unknown as FaultPlan }),
    ...tlsOf(options),
  };
}

/** What is left out follows from the rest: made-up files are alone, unless a library is asked for too. */
function contentOf({ library, files, sizeBytes, fileSizes, filesPerFolder }: CliOptions) {
  return {
    ...(library !== undefined && { library }),
    ...(files !== undefined && { files }),
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(fileSizes !== undefined && { fileSizes }),
    ...(filesPerFolder !== undefined && { filesPerFolder }),
  };
}

/** What is said on the command line goes before what the file says. */
function settingsOf({ settings, quota, storageLimitBytes }: CliOptions): SettingsPatch {
  const file = settings === undefined ? {} : readJsonFile(settings, "--settings");
  const limits = {
    ...(quota === "google" && { preset: "google" as const }),
    ...(storageLimitBytes !== undefined && { storageLimitBytes }),
  };
  if (Object.keys(limits).length === 0) return file;
  const { quotas = {} } = file;
  return typeof quotas === "object" ? { ...file, quotas: { ...quotas, ...limits } } : file;
}

function controlOf({ control, controlHost }: CliOptions): NonNullable<SandboxOptions["controlApi"]> {
  return control && controlHost !== undefined ? { hostNames: controlHost } : control;
}

function tlsOf({ tlsPort, tlsDir }: CliOptions): Pick<SandboxOptions, "tls"> {
  return tlsPort === undefined || tlsDir === undefined ? {} : { tls: { port: tlsPort, directory: tlsDir } };
}
