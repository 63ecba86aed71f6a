import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { HIGHEST_PORT } from "../check-options.ts";
import { parsePublicOrigin } from "../hosts/public-origin.ts";
import { defaults } from "../sandbox-options.ts";
import { LONGEST_LIFETIME_SECONDS, LONGEST_WAIT_MS } from "../time-limits.ts";
import type { CliOptions } from "./cli-options.ts";

const DEFAULT_PORT = 8090;
const MANIFEST = new URL("../../package.json", import.meta.url);

/**
 * The command `driveway-sandbox` with all its options.
 *
 * @param start is called with what the command line says
 */
export function buildCommand(start: (options: CliOptions) => Promise<void>): Command {
  const command = new Command("driveway-sandbox")
    .description("A Google that runs on your machine: OAuth with a consent page, and Drive v3.")
    .version(versionOf(readFileSync(MANIFEST, "utf8")))
    .allowExcessArguments(false);
  addAddressOptions(command);
  addContentOptions(command);
  addHindrances(command);
  addTlsOptions(command);
  addProcessOptions(command);
  return command.action((options: CliOptions) => {
    const refusal = mismatchOf(options);
    if (refusal !== null) command.error(`error: ${refusal}`);
    return start(options);
  });
}

/** Says which option would go without effect because another one is missing, or is there; null where none would. */
function mismatchOf({ tlsPort, tlsDir, control, controlHost, ...options }: CliOptions): string | null {
  if ((tlsPort === undefined) !== (tlsDir === undefined)) return "--tls-port and --tls-dir go together";
  if (!control && controlHost !== undefined) return "--control-host does not go with --no-control";
  const ofFiles = {
    "--size-bytes": options.sizeBytes,
    "--file-sizes": options.fileSizes,
    "--files-per-folder": options.filesPerFolder,
  };
  const [idle] = Object.entries(ofFiles).find(([, value]) => value !== undefined) ?? [];
  return options.files === undefined && idle !== undefined ? `${idle} takes --files as well` : null;
}

function addAddressOptions(command: Command): void {
  command
    .addOption(
      number("--port <number>", "port to listen on; 0 takes a free one", HIGHEST_PORT).default(DEFAULT_PORT),
    )
    .addOption(text("--host <address>", "address to listen on").default(defaults.host))
    .addOption(publicOrigin())
    .addOption(text("--client-id <id>", "id of the OAuth client").default(defaults.clientId))
    .addOption(text("--client-secret <secret>", "secret of the OAuth client").default(defaults.clientSecret))
    .addOption(
      texts("--redirect-uri <address...>", "redirect addresses to accept (default: every loopback address)"),
    )
    .option("--account <email...>", "people besides alice@example.com and bob@example.com, with empty Drives")
    .addOption(
      number(
        "--access-token-seconds <number>",
        "how long an access token works",
        LONGEST_LIFETIME_SECONDS,
      ).default(defaults.accessTokenLifetimeSeconds),
    )
    .option("--no-control", "do without the control API at /sandbox/api")
    .addOption(
      texts(
        "--control-host <name...>",
        "names besides the loopback's by which the control API may be called",
      ),
    );
}

function addContentOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--library <name>",
        `what the Drives hold at the start (default: "${defaults.library}", with --files "none")`,
      ).choices(["none", "small", "full"]),
    )
    .addOption(number("--files <number>", "how many files to make up for alice@example.com (default: 0)"))
    .addOption(number("--size-bytes <number>", "the size of each, or their median (default: 200000)"))
    .addOption(
      new Option("--file-sizes <kind>", 'whether all are of one size (default: "fixed")').choices([
        "fixed",
        "lognormal",
      ]),
    )
    .addOption(number("--files-per-folder <number>", "how many lie in one folder (default: all)"))
    .addOption(number("--seed <number>", "what names, pictures and ids follow from").default(defaults.seed))
    .addOption(
      text(
        "--data <directory>",
        "keep grants and Drives here; what is there goes before --library, --files and --seed",
      ),
    );
}

function addHindrances(command: Command): void {
  command
    .addOption(
      number("--latency-ms <number>", "how long every call of Drive waits", LONGEST_WAIT_MS).default(0),
    )
    .addOption(
      number("--latency-jitter-ms <number>", "up to how much longer some wait", LONGEST_WAIT_MS).default(0),
    )
    .addOption(text("--faults <file>", "a plan of faults, in JSON"))
    .addOption(text("--settings <file>", 'settings by section ("oauth", "drive", "quotas"), in JSON'))
    .addOption(
      new Option("--quota <kind>", "whether calls run into Google's limits")
        .choices(["none", "google"])
        .default("none"),
    )
    .addOption(number("--storage-limit-bytes <number>", "what an account may store (default: no limit)"));
}

function addTlsOptions(command: Command): void {
  command
    .addOption(
      number(
        "--tls-port <number>",
        "serve the same with TLS, under Google's host names too; 0 takes a free port",
        HIGHEST_PORT,
      ),
    )
    .addOption(
      text("--tls-dir <directory>", "where the certificates are kept; clients have to trust ca.pem there"),
    );
}

function addProcessOptions(command: Command): void {
  command
    .option(
      "--exit-with-stdin",
      "end when standard input does, as it does with the process at its other end",
      false,
    )
    .option("--json", "print one line of JSON when ready", false);
}

function number(flags: string, description: string, most: number = Number.MAX_SAFE_INTEGER): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from 0 to ${most}.`);
    }
    return value;
  });
}

function publicOrigin(): Option {
  const description = "the address by which clients reach it (default: where it listens)";
  return new Option("--public-origin <url>", description).argParser((given) => {
    if (parsePublicOrigin(given) !== null) return given;
    throw new InvalidArgumentError(
      "It must be an http or https origin and no more, such as http://sandbox:8090.",
    );
  });
}

/** An unset variable of a shell script comes as an empty argument. */
function text(flags: string, description: string): Option {
  return new Option(flags, description).argParser(requireText);
}

/** An option that may be given several values, or several times. */
function texts(flags: string, description: string): Option {
  return new Option(flags, description).argParser<readonly string[] | undefined>((value, former) => [
    ...(former ?? []),
    requireText(value),
  ]);
}

function requireText(value: string): string {
  if (value === "") throw new InvalidArgumentError("It must not be empty.");
  return value;
}

function versionOf(manifest: string): string {
  const { version } = JSON.parse(manifest) as { version: string };
  return version;
}
