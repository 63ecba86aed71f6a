import { createHash } from "node:crypto";
import { once } from "node:events";
import { realpathSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Claims a directory for this process. The claim is a local socket named after the directory: unlike a file with a
 * process id in it, it ends with the process however that ends.
 *
 * @returns gives the directory up
 * @throws Error when another process has claimed it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = realpathSync(directory);
  const address = addressOf(
    `driveway-sandbox-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`,
  );
  const server = (await claim(address)) ?? (await claimAnew(address));
  if (server === null) {
    throw new Error(`another sandbox uses ${directory}`);
  }
  return async () => {
    server.close();
    await once(server, "close");
  };
}

/** Linux and Windows have names for sockets that are no files and vanish with the process; elsewhere a file has to do. */
function addressOf(name: string): string {
  if (process.platform === "linux") {
    return `\0${name}`;
  }
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), name);
}

async function claim(address: string): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  server.listen(address);
  try {
    await once(server, "listening");
    return server;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      return null;
    }
    throw error;
  }
}

/** A socket file outlives a killed process: where nobody answers at it, it is taken over. */
async function claimAnew(address: string): Promise<Server | null> {
  if (!address.startsWith("/") || (await answers(address))) {
    return null;
  }
  rmSync(address, { force: true });
  return await claim(address);
}

async function answers(address: string): Promise<boolean> {
  const socket = connect(address);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
