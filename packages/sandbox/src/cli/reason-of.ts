import type { CliOptions } from "./cli-options.ts";

const FROM_FAULTS = /^(?:faults: |(?=rule \d+: ))/;
const FROM_SETTINGS = /^settings: /;

/** Why the sandbox could not start, in one sentence; what a file says wrong is told with the name of the file. */
export function reasonOf(error: unknown, { faults, settings }: CliOptions): string {
  const words = inOneLine(error instanceof Error ? error.message : String(error));
  if (!(error instanceof RangeError)) return words;
  if (faults !== undefined && FROM_FAULTS.test(words))
    return words.replace(FROM_FAULTS, `--faults ${faults}: `);
  if (settings !== undefined) return words.replace(FROM_SETTINGS, `--settings ${settings}: `);
  return words;
}

/** Zod writes each fault on lines of its own, with a mark in front. */
function inOneLine(message: string): string {
  const lines = message.replaceAll("✖ ", "").split(/\s*\n\s*/);
  return lines.reduce((all, line) => (line.startsWith("→ ") ? `${all} ${line.slice(2)}` : `${all}; ${line}`));
}
