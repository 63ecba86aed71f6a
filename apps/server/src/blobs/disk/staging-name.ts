import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

const NAME = /^([A-Za-z0-9-]+)\.(\d+)\.[0-9a-f]{16}$/;

/** A name that no other staged blob has and that tells who writes it: `host.pid.random`. */
export function stagingName(): string {
  return `${hostName()}.${process.pid}.${randomBytes(8).toString("hex")}`;
}

/**
 * Whether the process that wrote under this name has ended for certain. Of other machines nothing is known; a number
 * of our own on a file older than ourselves belonged to a process before us.
 */
export function writerIsGone(name: string, modifiedAtMs: number): boolean {
  const match = NAME.exec(name);
  if (match === null || match[1] !== hostName()) return false;
  const pid = Number(match[2]);
  if (pid === process.pid) return modifiedAtMs < performance.timeOrigin;
  return !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function hostName(): string {
  return hostname().replaceAll(/[^A-Za-z0-9-]/g, "-") || "host";
}
