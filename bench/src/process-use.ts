import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second in `/proc`, on every Linux that Node.js runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 50;
const MEBIBYTE = 1024 * 1024;

/** What a process has used. */
export interface ProcessUse {
  readonly cpuSeconds: number;
  readonly peakMebibytes: number;
}

/**
 * Watches a process of Linux, and all that it has started but PostgreSQL.
 * @returns ends the watch, and tells what was used between
 */
export function watchProcess(pid: number): () => ProcessUse {
  const before = cpuSecondsOf(pid);
  let peakBytes = 0;
  const look = () => {
    const bytes = family(pid).reduce((sum, member) => sum + residentBytesOf(member), 0);
    peakBytes = Math.max(peakBytes, bytes);
  };
  look();
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    look();
    clearInterval(timer);
    return { cpuSeconds: cpuSecondsOf(pid) - before, peakMebibytes: peakBytes / MEBIBYTE };
  };
}

/** The process and its children that are programs of Node.js. */
function family(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`)
      .split(" ")
      .filter((text) => text !== "")
      .map(Number),
  );
  const ours = children.filter((child) => read(`/proc/${child}/comm`).startsWith("node"));
  return [pid, ...ours.flatMap(family)];
}

function cpuSecondsOf(pid: number): number {
  return family(pid).reduce((sum, member) => {
    // The name of the program comes before, in parentheses, and may have blanks; user and system time are 14 and 15.
    const fields = read(`/proc/${member}/stat`).split(") ").at(-1)?.split(" ") ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }, 0);
}

function residentBytesOf(pid: number): number {
  const [, kibibytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kibibytes) * 1024;
}

/** Empty when the process has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
