import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { hasCode } from "./has-code.ts";
import type { PostmasterFile } from "./postmaster-file.ts";

/**
 * Whether the process that a `postmaster.pid` names is there, and what it is.
 * - `postmaster`: it is the server of that folder (or, where the system tells nothing of processes, may well be).
 * - `somebody_else`: the number belongs to another process now, or to a dead one that nobody has buried.
 * - `gone`: no process has this number.
 */
export type PostmasterProcess = "postmaster" | "somebody_else" | "gone";

/**
 * Looks at the process behind a `postmaster.pid`. After a crash its number is soon given to somebody else, in containers
 * nearly always, and PostgreSQL alone would then refuse to start for ever.
 */
export async function inspectProcess(file: PostmasterFile): Promise<PostmasterProcess> {
  if (!isThere(file.pid)) return "gone";
  if (process.platform !== "linux") return "postmaster";
  try {
    const words = (await readFile(`/proc/${file.pid}/cmdline`, "utf8")).split("\0");
    const isServer = basename(words[0] ?? "") === "postgres";
    return isServer && (file.clusterDir === null || words.includes(file.clusterDir))
      ? "postmaster"
      : "somebody_else";
  } catch (error) {
    if (hasCode(error, "ENOENT", "ESRCH")) return "gone";
    if (hasCode(error, "EACCES", "EPERM")) return "postmaster";
    throw error;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}
