import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "./has-code.ts";

/** What a running server wrote about itself into `postmaster.pid`. Lines that are not written yet are `null`. */
export interface PostmasterFile {
  readonly pid: number;
  /** The cluster's folder as the server was given it. */
  readonly clusterDir: string | null;
  readonly port: number | null;
  readonly status: "starting" | "stopping" | "ready" | "standby" | null;
  /** The file as it is, to recognise it again. */
  readonly text: string;
}

export const POSTMASTER_FILE = "postmaster.pid";

const STATUSES = ["starting", "stopping", "ready", "standby"] as const;

/**
 * Reads `postmaster.pid` of a cluster (PostgreSQL's `miscadmin.h`: line 1 the process id, 2 the folder, 4 the port, 8 the status).
 * @returns `null` when there is none, which is how a server that was stopped in order leaves its folder
 */
export async function readPostmasterFile(clusterDir: string): Promise<PostmasterFile | null> {
  try {
    return parsePostmasterFile(await readFile(join(clusterDir, POSTMASTER_FILE), "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** Parses the text of a `postmaster.pid`; `null` for one that does not begin with a process id, as while it is being made. */
function parsePostmasterFile(text: string): PostmasterFile | null {
  const lines = text.split("\n").map((line) => line.trim());
  const pid = wholeNumber(lines[0]);
  if (pid === null) return null;
  return {
    pid,
    clusterDir: lines[1] === undefined || lines[1] === "" ? null : lines[1],
    port: wholeNumber(lines[3]),
    status: STATUSES.find((status) => status === lines[7]) ?? null,
    text,
  };
}

function wholeNumber(line: string | undefined): number | null {
  return line !== undefined && /^[1-9]\d*$/.test(line) ? Number(line) : null;
}
