import { parseArgs } from "node:util";

export const USAGE = `Usage: npm run demo [-- --keep]

Starts a sandbox Drive and Driveway with a database of its own, connects them, imports
and exports pictures, and compares every byte. Nothing leaves this machine.

  --keep   leave it running afterwards, to look around in a browser, until Ctrl-C
  --help   show this text`;

export type Options =
  | { readonly kind: "run"; readonly keep: boolean }
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly reason: string };

/** Reads the command line, without the program's own name. */
export function readOptions(words: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        keep: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values.help ? { kind: "help" } : { kind: "run", keep: values.keep };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: "refused", reason: error.message };
  }
}
