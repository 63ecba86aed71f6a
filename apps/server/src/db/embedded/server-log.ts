import { open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "./has-code.ts";

const LARGEST_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 3000;

/** Where a cluster's server writes its own log. */
export function serverLogPath(clusterDir: string): string {
  return join(clusterDir, "server.log");
}

/**
 * Puts a log that has grown beyond 10 MiB aside (one generation is kept), before a server starts.
 * @returns how long the log is now, in bytes
 */
export async function turnServerLog(clusterDir: string): Promise<number> {
  const path = serverLogPath(clusterDir);
  const sizeBytes = await sizeOf(path);
  if (sizeBytes <= LARGEST_BYTES) return sizeBytes;
  await rename(path, `${path}.1`);
  return 0;
}

/** The end of what the server has logged since the log was `sinceBytes` long; empty when it has said nothing. */
export async function readServerLog(clusterDir: string, sinceBytes: number): Promise<string> {
  const path = serverLogPath(clusterDir);
  const sizeBytes = await sizeOf(path);
  const from = Math.max(sinceBytes, sizeBytes - TAIL_BYTES);
  if (sizeBytes <= from) return "";
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sizeBytes - from), 0, sizeBytes - from, from);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return 0;
    throw error;
  }
}
