import { rmSync } from "node:fs";
import { beginState } from "./begin-state.ts";
import type { StateBeginning } from "./state-beginning.ts";

/**
 * The program of the process that begin-state-apart.ts starts. When that one is gone, it ends early and takes its work
 * with it.
 */
async function main(): Promise<void> {
  const [directory = "", beginning = ""] = process.argv.slice(2);
  process.on("disconnect", () => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(1);
  });
  await beginState(directory, JSON.parse(beginning) as StateBeginning);
  process.exit(0);
}

await main();
