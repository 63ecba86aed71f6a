import type { ParseArgsConfig } from "node:util";

/** What a command is given. It reads the configuration where it needs it, like the service does. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** Aborted when the operator wants it to end. */
  readonly signal: AbortSignal;
}

/** What came of a command: for people, and the same for programs. Never holds a secret, unless making one is the command. */
export interface CommandResult {
  readonly text: string;
  readonly json: unknown;
  /** 0: done · 1: something is left to do, which the text says. */
  readonly exitCode: 0 | 1;
}

/** One of the operator's commands. */
export interface Command {
  /** As it is typed, for instance `keys rotate`. */
  readonly name: string;
  readonly summary: string;
  /** Besides `--json` and `--help`, which all have. */
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** A line for each option. */
  readonly optionLines: readonly string[];
  run(context: CommandContext): Promise<CommandResult>;
}
