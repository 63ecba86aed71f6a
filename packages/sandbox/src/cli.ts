import { buildCommand } from "./cli/build-command.ts";
import type { CliOptions } from "./cli/cli-options.ts";
import { closeWhenTold } from "./cli/close-when-told.ts";
import { describeSandbox, summarizeSandbox } from "./cli/describe-sandbox.ts";
import { reasonOf } from "./cli/reason-of.ts";
import { toSandboxOptions } from "./cli/to-sandbox-options.ts";
import { createSandbox } from "./create-sandbox.ts";

/**
 * The command `driveway-sandbox`: starts a sandbox and keeps it until SIGINT or SIGTERM, or the end of its input. Where it
 * cannot start it says why in one sentence and ends with exit code 1.
 *
 * @param argv as in process.argv
 */
export async function runCli(argv: readonly string[]): Promise<void> {
  await buildCommand(start).parseAsync([...argv]);
}

async function start(options: CliOptions): Promise<void> {
  try {
    const tellOfSandbox = closeWhenTold(options);
    const sandbox = await createSandbox(toSandboxOptions(options));
    tellOfSandbox(sandbox);
    const said = options.json
      ? JSON.stringify(describeSandbox(sandbox, options))
      : summarizeSandbox(sandbox, options);
    console.log(said);
  } catch (error) {
    console.error(`driveway-sandbox could not start: ${reasonOf(error, options)}`);
    process.exit(1);
  }
}
