import { readFileSync } from "node:fs";

const SAMPLE_MS = 50;
const MEBIBYTE = 1024 * 1024;

/**
 * Samples the memory of a process of Linux, threads and all.
 * @returns ends the watch, and tells the most that was resident, in MiB
 */
export function watchMemory(pid: number): () => number {
  let peakBytes = 0;
  const look = () => {
    const [, kibibytes = "0"] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    peakBytes = Math.max(peakBytes, Number(kibibytes) * 1024);
  };
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    look();
    return peakBytes / MEBIBYTE;
  };
}
