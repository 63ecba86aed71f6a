import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A server in a process of its own, which said one line of JSON when it was ready. */
export interface RunningServer<Ready> {
  readonly ready: Ready;
  /** From the start of the process to that line. */
  readonly startMs: number;
  /** The memory of the process now; null where the system does not tell. */
  residentBytes(): number | null;
  stop(): Promise<void>;
}

/**
 * Starts a program of Node.js and waits until it is ready.
 *
 * @param program path of the program
 * @throws Error when it ends without a word
 */
export async function runServer<Ready>(
  program: string,
  args: readonly string[],
): Promise<RunningServer<Ready>> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const ready = JSON.parse(await firstLine(child)) as Ready;
  return {
    ready,
    startMs: performance.now() - beganMs,
    residentBytes: () => residentBytesOf(child),
    stop: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("The program has no output");
  for await (const line of createInterface(stdout)) return line;
  throw new Error("The program said nothing");
}

function residentBytesOf({ pid }: ChildProcess): number | null {
  if (process.platform !== "linux") return null;
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}
