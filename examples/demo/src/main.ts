import { readOptions, USAGE } from "./read-options.ts";
import { runDemo } from "./run-demo.ts";

const EXIT_DIFFERENT = 1;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  switch (options.kind) {
    case "help":
      console.log(USAGE);
      return 0;
    case "refused":
      console.error(`${options.reason}\n\n${USAGE}`);
      return EXIT_USAGE;
    case "run":
      return await run(options.keep);
  }
}

/** The first signal ends the demo in order; those after it change nothing, since the order is what cleans up. */
async function run(keep: boolean): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => interruption.abort());
  }
  try {
    return (await runDemo({ keep, signal: interruption.signal })) ? 0 : EXIT_DIFFERENT;
  } catch (error) {
    if (interruption.signal.aborted) {
      console.error("\n  Interrupted. Everything is stopped and its data removed.");
      return EXIT_INTERRUPTED;
    }
    console.error(error);
    return EXIT_DIFFERENT;
  }
}

process.exitCode = await main();
