import { beginState, type StateBeginning } from "./begin-state.ts";

/** The program of the process that begin-state-apart.ts starts: it ends early when that one is gone. */
async function main(): Promise<void> {
  process.on("disconnect", () => process.exit(1));
  const [directory = "", beginning = ""] = process.argv.slice(2);
  await beginState(directory, JSON.parse(beginning) as StateBeginning);
  process.exit(0);
}

await main();
