import { runCommand } from "./run-command.ts";

/* The program of the operator's commands; bin/driveway.js comes here when there is a command line. */
const leaving = new AbortController();
process.once("SIGINT", () => leaving.abort());
process.once("SIGTERM", () => leaving.abort());
process.exitCode = await runCommand({
  args: process.argv.slice(2),
  environment: process.env,
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
  signal: leaving.signal,
});
