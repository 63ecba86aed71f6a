import { Command, InvalidArgumentError, Option } from "commander";
import { createSandbox, type Sandbox } from "./create-sandbox.ts";
import { defaults, type SandboxOptions } from "./sandbox-options.ts";
import type { LibraryName } from "./seed/index.ts";

const DEFAULT_PORT = 8090;

interface CliOptions {
  readonly port: number;
  readonly host: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri?: string[];
  readonly library: LibraryName;
  readonly seed: number;
  readonly accessTokenSeconds: number;
  readonly data?: string;
  readonly exitWithStdin: boolean;
  readonly json: boolean;
}

/**
 * The command `driveway-sandbox`: starts a sandbox and keeps it until SIGINT or SIGTERM, or the end of its input.
 *
 * @param argv as in process.argv
 */
export async function runCli(argv: readonly string[]): Promise<void> {
  await buildCommand().parseAsync([...argv]);
}

function buildCommand(): Command {
  return new Command("driveway-sandbox")
    .description("A Google that runs on your machine: OAuth with a consent page, and Drive v3.")
    .addOption(
      number("--port <number>", "port to listen on; 0 takes a free one", 65_535).default(DEFAULT_PORT),
    )
    .option("--host <address>", "address to listen on", defaults.host)
    .option("--client-id <id>", "id of the OAuth client", defaults.clientId)
    .option("--client-secret <secret>", "secret of the OAuth client", defaults.clientSecret)
    .option("--redirect-uri <address...>", "redirect addresses to accept (default: every loopback address)")
    .addOption(
      new Option("--library <name>", "what the Drives hold at the start")
        .choices(["none", "small", "full"])
        .default(defaults.library),
    )
    .addOption(number("--seed <number>", "what names, pictures and ids follow from").default(defaults.seed))
    .addOption(
      number("--access-token-seconds <number>", "how long an access token works").default(
        defaults.accessTokenLifetimeSeconds,
      ),
    )
    .option(
      "--data <directory>",
      "keep grants and Drives here; what is there goes before --library and --seed",
    )
    .option(
      "--exit-with-stdin",
      "end when standard input does, as it does with the process at its other end",
      false,
    )
    .option("--json", "print one line of JSON when ready", false)
    .allowExcessArguments(false)
    .action(start);
}

function number(flags: string, description: string, most = 2 ** 31): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from 0 to ${most}.`);
    }
    return value;
  });
}

async function start({ json, exitWithStdin, ...options }: CliOptions): Promise<void> {
  const starting = createSandbox(sandboxOptions(options));
  closeWhenTold(starting, { exitWithStdin });
  try {
    const sandbox = await starting;
    console.log(json ? JSON.stringify(describe(sandbox)) : summary(sandbox, options.data));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`driveway-sandbox could not start: ${reason}`);
    process.exit(1);
  }
}

function sandboxOptions(options: Omit<CliOptions, "json" | "exitWithStdin">): SandboxOptions {
  const { accessTokenSeconds, redirectUri, data, ...settings } = options;
  return {
    ...settings,
    accessTokenLifetimeSeconds: accessTokenSeconds,
    ...(redirectUri !== undefined && { redirectUris: redirectUri }),
    ...(data !== undefined && { dataDir: data }),
  };
}

/**
 * The first signal closes in order, also while still starting, and then the process ends; a second one does not wait.
 */
function closeWhenTold(starting: Promise<Sandbox>, { exitWithStdin }: { exitWithStdin: boolean }): void {
  let closing = false;
  const close = (): void => {
    if (closing) {
      process.exit(130);
    }
    closing = true;
    void starting.then((sandbox) => sandbox.close()).then(() => process.exit(0));
  };
  process.on("SIGINT", close);
  process.on("SIGTERM", close);
  if (exitWithStdin) {
    process.stdin.on("close", close).resume();
  }
}

function describe({ origin, issuer, apiRoot, clientId, clientSecret, accounts }: Sandbox) {
  const emails = accounts.map(({ email }) => email);
  return { origin, issuer, apiRoot, clientId, clientSecret, accounts: emails };
}

function summary(sandbox: Sandbox, dataDir: string | undefined): string {
  const files = sandbox.accounts.map(
    ({ sub, email }) => `${email} (${sandbox.drive.listAll(sub).length} items)`,
  );
  const memory =
    dataDir === undefined ? "forgets everything when it stops" : `keeps everything in ${dataDir}`;
  return `Sandbox ready. It is not Google, and it ${memory}.
  address        ${sandbox.origin}
  client id      ${sandbox.clientId}
  client secret  ${sandbox.clientSecret}
  accounts       ${files.join(", ")}`;
}
