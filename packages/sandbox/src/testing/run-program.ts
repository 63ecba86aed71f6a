import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../bin/driveway-sandbox.js", import.meta.url));

/** A running program, and what it has said so far. */
export type RunningProgram = ChildProcess & { readonly output: { out: string; err: string } };

/** Runs the command `driveway-sandbox`. */
export function runProgram(...args: string[]): RunningProgram {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    output.out += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    output.err += String(chunk);
  });
  return Object.assign(child, { output });
}

/** Waits for the first line of a program's output. Throws when it ends without one. */
export async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) {
    throw new Error("The program has no output");
  }
  for await (const line of createInterface(child.stdout)) {
    return line;
  }
  throw new Error("The program said nothing");
}
