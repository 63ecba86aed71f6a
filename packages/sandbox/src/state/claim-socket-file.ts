import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { linkSync, lstatSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { atProcessEnd } from "../at-process-end.ts";

/** What has room in the address of a socket on every system: 103 bytes on some, 107 on others. */
const LONGEST_ADDRESS_BYTES = 100;
/** How a directory refuses to hold a socket, or a second name for it. */
const NO_SOCKETS: ReadonlySet<unknown> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EINVAL",
  "EIO",
]);

/** What became of a claim: held until released, held by another process, or not to be had in such a directory. */
export type SocketClaim =
  | { readonly kind: "held"; release(): Promise<void> }
  | { readonly kind: "taken" }
  | { readonly kind: "unsupported" };

/**
 * Claims a path for this process by a socket that listens there. Processes that share the directory see it, also those
 * in containers of the same machine; on other machines nobody answers at it. A file that a killed process has left is
 * taken over.
 *
 * @throws Error when something else lies at the path; the system's error when there is no room and the like
 */
export async function claimSocketFile(path: string): Promise<SocketClaim> {
  const aside = `${path}.${randomUUID()}`;
  const server = await listenAt(aside);
  if (server === null) return { kind: "unsupported" };
  try {
    // It gets its name only once somebody answers there, and only one can give it.
    const isHeld = linkUnlessThere(aside, path) || ((await takeAway(path)) && linkUnlessThere(aside, path));
    if (isHeld) return heldBy(server, path);
  } catch (error) {
    await stop(server);
    if (isRefusal(error, NO_SOCKETS)) return { kind: "unsupported" };
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  await stop(server);
  return { kind: "taken" };
}

function heldBy(server: Server, path: string): SocketClaim {
  const remove = () => rmSync(path, { force: true });
  const forget = atProcessEnd(remove);
  return {
    kind: "held",
    release: async () => {
      forget();
      // Before it stops: afterwards the name may be that of another process already.
      remove();
      await stop(server);
    },
  };
}

/** A listening socket that keeps no process alive; null where the directory cannot hold one. */
async function listenAt(path: string): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  try {
    await withShortPath(path, async (address) => {
      server.listen(address);
      await once(server, "listening");
    });
    return server;
  } catch (error) {
    if (isRefusal(error, NO_SOCKETS)) return null;
    throw error;
  }
}

async function stop(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

function linkUnlessThere(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isRefusal(error, new Set(["EEXIST"]))) return false;
    throw error;
  }
}

/** Takes away what a process has left that is no more; false when somebody answers there. */
async function takeAway(path: string): Promise<boolean> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return true;
  if (!found.isSocket()) throw new Error(`${path} is in the way: it was not made by a sandbox`);
  if (await answers(path)) return false;
  const left = `${path}.${randomUUID()}`;
  if (!renameIfThere(path, left)) return false;
  // Another process may have done the same in between, and what lay here then was its own.
  const isTheSame = lstatSync(left).ino === found.ino;
  if (!isTheSame) linkUnlessThere(left, path);
  rmSync(left, { force: true });
  return isTheSame;
}

function renameIfThere(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (isRefusal(error, new Set(["ENOENT"]))) return false;
    throw error;
  }
}

async function answers(path: string): Promise<boolean> {
  return await withShortPath(path, async (address) => {
    const socket = connect(address);
    try {
      await once(socket, "connect");
      return true;
    } catch (error) {
      // Whoever is refused for other reasons, such as missing rights, knows that somebody is there.
      return !isRefusal(error, new Set(["ECONNREFUSED", "ENOENT"]));
    } finally {
      socket.destroy();
    }
  });
}

/** Where a path is too long for the address of a socket, a link to its directory makes it short for a moment. */
async function withShortPath<Result>(
  path: string,
  use: (address: string) => Promise<Result>,
): Promise<Result> {
  if (Buffer.byteLength(path) <= LONGEST_ADDRESS_BYTES) return await use(path);
  const place = mkdtempSync(join(tmpdir(), "sandbox-"));
  try {
    const link = join(place, "d");
    symlinkSync(dirname(path), link);
    return await use(join(link, basename(path)));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function isRefusal(error: unknown, codes: ReadonlySet<unknown>): boolean {
  return error instanceof Error && "code" in error && codes.has(error.code);
}
