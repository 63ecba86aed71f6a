import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { atProcessEnd } from "../at-process-end.ts";
import { moduleBeside } from "../module-beside.ts";
import type { StateBeginning } from "./state-beginning.ts";

/**
 * Does the work of beginState in a process of its own. Making hundreds of pictures leaves a process several times as
 * large as what it holds, and only its end gives the memory back.
 */
export async function beginStateApart(directory: string, beginning: StateBeginning): Promise<void> {
  const program = fileURLToPath(moduleBeside(import.meta.url, "begin-state-process"));
  const child = fork(program, [directory, JSON.stringify(beginning)], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const forget = atProcessEnd(() => child.kill("SIGKILL"));
  const [code, signal] = (await once(child, "exit").finally(forget)) as [number | null, string | null];
  if (code !== 0) {
    throw new Error(`the pictures could not be made (exit ${code ?? signal})`);
  }
}
