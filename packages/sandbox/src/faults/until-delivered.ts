import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { platform } from "node:process";
import { setTimeout as delay } from "node:timers/promises";

const BETWEEN_LOOKS_MS = 2;
/** Long enough for a client nearby that goes on reading, where nobody tells what is still on the way. */
const OTHERWISE_MS = 100;

/**
 * Waits until what was written of an answer so far is with the other side's system, or the connection is gone. A reset
 * makes the system drop what it has not sent yet. Linux tells how much that is; elsewhere some time has to do.
 */
export async function untilDelivered(raw: ServerResponse): Promise<void> {
  raw.flushHeaders();
  const { socket } = raw;
  if (socket === null) return;
  await untilWritten(socket);
  if (platform !== "linux") return await delay(OTHERWISE_MS);
  while (!socket.destroyed && (await isOnTheWay(socket))) await delay(BETWEEN_LOOKS_MS);
}

async function untilWritten(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off("close", done);
      resolve();
    };
    socket.once("close", done);
    socket.write("", done);
  });
}

/** Whether there are bytes that the other side has not acknowledged, by the table of connections in proc(5). */
async function isOnTheWay({ localPort = 0, remotePort = 0 }: Socket): Promise<boolean> {
  const ports = new RegExp(
    `:${portText(localPort)} [0-9A-F]+:${portText(remotePort)} [0-9A-F]+ ([0-9A-F]+):`,
  );
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const queued = ports.exec(await readFile(table, "latin1").catch(() => ""))?.[1];
    if (queued !== undefined) return Number.parseInt(queued, 16) > 0;
  }
  return false;
}

function portText(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}
