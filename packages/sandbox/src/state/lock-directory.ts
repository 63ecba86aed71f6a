import { createHash } from "node:crypto";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimSocketFile, type SocketClaim } from "./claim-socket-file.ts";

/** What lies in a directory for as long as it is in use. */
const LOCK_FILE = "in-use.sock";

/**
 * Claims a directory for this process, twice: by a local socket that is named after it, and by one that lies in it.
 * Unlike a file with a process id in it, a socket says nothing any more once the process has ended, however that was.
 * The first is quite safe, but containers do not see those of others; the second can be had in most directories only.
 *
 * @returns gives the directory up
 * @throws Error when another process of this machine has claimed it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = realpathSync(directory);
  const name = `driveway-sandbox-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`;
  const claims: SocketClaim[] = [];
  const release = async () => {
    for (const claim of claims.reverse()) if (claim.kind === "held") await claim.release();
  };
  try {
    for (const claim of [() => claimName(name), () => claimWithin(path)]) {
      const claimed = await claim();
      if (claimed.kind === "taken") throw new Error(`another sandbox uses ${directory}`);
      claims.push(claimed);
    }
  } catch (error) {
    await release();
    throw error;
  }
  return release;
}

/** Linux and Windows have names for sockets that are no files and vanish with the process; elsewhere a file has to do. */
async function claimName(name: string): Promise<SocketClaim> {
  if (process.platform !== "linux" && process.platform !== "win32")
    return claimSocketFile(join(tmpdir(), name));
  const server = createServer((socket) => socket.destroy());
  server.unref();
  server.listen(process.platform === "linux" ? `\0${name}` : `\\\\.\\pipe\\${name}`);
  try {
    await once(server, "listening");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return { kind: "taken" };
    throw error;
  }
  return {
    kind: "held",
    release: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

/** The pipes of Windows lie in no directory. */
async function claimWithin(path: string): Promise<SocketClaim> {
  return process.platform === "win32"
    ? { kind: "unsupported" }
    : await claimSocketFile(join(path, LOCK_FILE));
}
