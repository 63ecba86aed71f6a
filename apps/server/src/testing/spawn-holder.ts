import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { HoldBegun, HoldEnded } from "./hold-postgres.ts";

/** A process that holds an embedded PostgreSQL, see `hold-postgres.ts`. */
export interface Holder {
  readonly process: ChildProcess;
  readonly begun: HoldBegun;
  /** Sends SIGTERM to its whole process group, as a terminal or a supervisor does, and waits for its end. */
  terminate(): Promise<HoldEnded>;
  /** Sends SIGKILL to it alone and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a process that holds the database of a data directory, as another user if told so, and waits until it has begun. */
export async function spawnHolder(
  dataDir: string,
  options: { uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<Holder> {
  const program = fileURLToPath(new URL("./hold-postgres.ts", import.meta.url));
  const child = spawn(process.execPath, [program, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
    cwd: "/",
    ...options,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, "exit");
  const begun = await nextLine<HoldBegun>(lines);
  return {
    process: child,
    begun,
    terminate: async () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      const ended = await nextLine<HoldEnded>(lines);
      await exited;
      return ended;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function nextLine<T>(lines: AsyncIterator<string>): Promise<T> {
  const line = await lines.next();
  if (line.done === true) throw new Error("the process ended without a word");
  const said: T = JSON.parse(line.value);
  return said;
}
