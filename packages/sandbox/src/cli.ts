import { Command, InvalidArgumentError, Option } from "commander";
import { createSandbox, type Sandbox } from "./create-sandbox.ts";
import { defaults } from "./sandbox-options.ts";
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
  readonly json: boolean;
}

/**
 * The command `driveway-sandbox`: starts a sandbox and keeps it until SIGINT or SIGTERM.
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

async function start(options: CliOptions): Promise<void> {
  const { accessTokenSeconds, redirectUri, json, ...settings } = options;
  const redirectUris = redirectUri === undefined ? {} : { redirectUris: redirectUri };
  const accessTokenLifetimeSeconds = accessTokenSeconds;
  const sandbox = await createSandbox({ ...settings, ...redirectUris, accessTokenLifetimeSeconds }).catch(
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`driveway-sandbox could not start: ${reason}`);
      process.exitCode = 1;
      return null;
    },
  );
  if (sandbox === null) {
    return;
  }
  closeOnSignal(sandbox);
  console.log(json ? JSON.stringify(describe(sandbox)) : summary(sandbox));
}

/** The first signal closes in order and the process ends by itself; a second one does not wait. */
function closeOnSignal(sandbox: Sandbox): void {
  let closing = false;
  const close = (): void => {
    if (closing) {
      process.exit(130);
    }
    closing = true;
    void sandbox.close();
  };
  process.on("SIGINT", close);
  process.on("SIGTERM", close);
}

function describe({ origin, issuer, apiRoot, clientId, clientSecret, accounts }: Sandbox) {
  const emails = accounts.map(({ email }) => email);
  return { origin, issuer, apiRoot, clientId, clientSecret, accounts: emails };
}

function summary(sandbox: Sandbox): string {
  const files = sandbox.accounts.map(
    ({ sub, email }) => `${email} (${sandbox.drive.listAll(sub).length} items)`,
  );
  return `Sandbox ready. It is not Google, and it forgets everything when it stops.
  address        ${sandbox.origin}
  client id      ${sandbox.clientId}
  client secret  ${sandbox.clientSecret}
  accounts       ${files.join(", ")}`;
}
