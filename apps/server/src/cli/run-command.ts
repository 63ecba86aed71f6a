import { parseArgs } from "node:util";
import { startFault } from "../start-fault.ts";
import type { Command } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { doctor } from "./doctor.ts";
import { keysGenerate } from "./keys-generate.ts";
import { keysRotate } from "./keys-rotate.ts";
import { keysStatus } from "./keys-status.ts";

const COMMANDS: readonly Command[] = [doctor, keysStatus, keysRotate, keysGenerate];
const COMMON = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;

/**
 * Runs one of the operator's commands.
 * @param params.args what stands behind `driveway` on the command line
 * @param params.print takes what the command says; `complain` what keeps it from its work
 * @returns the exit code: 0 done, 1 failed or something is left to do, 2 the command line is wrong
 */
export async function runCommand(params: {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly signal: AbortSignal;
}): Promise<number> {
  const { print, environment, signal } = params;
  try {
    const { command, options } = parseCommandLine(params.args);
    if (command === null || options.help === true) {
      print(command === null ? overview() : usageOf(command));
      return 0;
    }
    const result = await command.run({ environment, options, signal });
    print(options.json === true ? JSON.stringify(result.json) : result.text);
    return result.exitCode;
  } catch (error) {
    const known = error instanceof CommandError ? error.message : startFault(error);
    if (known === null) throw error;
    params.complain(known);
    return error instanceof CommandError ? error.exitCode : 1;
  }
}

/** The command and its options; no command where only help is wanted. */
function parseCommandLine(args: readonly string[]): {
  readonly command: Command | null;
  readonly options: Readonly<Record<string, unknown>>;
} {
  const command = COMMANDS.find(({ name }) => args.slice(0, name.split(" ").length).join(" ") === name);
  if (command === undefined) {
    if (args.at(-1) === "--help" || args.at(-1) === "-h") return { command: null, options: {} };
    // The words are not repeated: a secret may stand on a command line by mistake.
    throw new CommandError("Driveway has no such command; driveway --help lists what there is.", 2);
  }
  const rest = args.slice(command.name.split(" ").length);
  try {
    const { values } = parseArgs({ args: [...rest], options: { ...COMMON, ...command.options } });
    return { command, options: values };
  } catch {
    // Nor is what parseArgs says, which repeats them.
    throw new CommandError(
      `driveway ${command.name} does not take all of these words; driveway ${command.name} --help lists its own.`,
      2,
    );
  }
}

function overview(): string {
  return [
    "Usage: driveway             runs the service",
    "       driveway <command>   does one thing with the same configuration, and ends",
    "",
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`),
    "",
    "Every command takes --json and --help. Configuration comes from the environment (docs/configuration.md).",
    "Exit codes: 0 done, 1 failed or something is left to do, 2 the command line is wrong.",
  ].join("\n");
}

function usageOf(command: Command): string {
  return [
    `Usage: driveway ${command.name} [options]`,
    "",
    command.summary,
    "",
    ...command.optionLines,
    "  --json   one line of JSON in place of text",
    "  --help   this text",
  ].join("\n");
}
