import type { Socket } from "node:net";
import type { FastifyRequest } from "fastify";
import { bearsOnBody } from "./can-happen.ts";
import type { HardFault } from "./read-fault.ts";
import { resetConnection } from "./reset-connection.ts";
import { atSpeed, type Pieces } from "./spoil-pieces.ts";

/** Does to the body of a request what a fault says, once somebody reads it. */
export function spoilRequest(request: FastifyRequest, fault: HardFault | null): void {
  if (fault === null || !bearsOnBody(fault)) return;
  if (fault.kind === "slow") request.bodyThrough = (pieces) => slowly(request, fault.bytesPerSecond, pieces);
  if (fault.kind === "partialPersist") request.mostBytesKept = fault.keptBytes;
  if (fault.kind === "reset") {
    request.bodyThrough = (pieces) => resetAfter(request, fault.afterRequestBytes ?? 0, pieces);
  }
}

function slowly({ raw }: FastifyRequest, bytesPerSecond: number, pieces: Pieces): Pieces {
  const controller = new AbortController();
  raw.socket.once("close", () => controller.abort());
  return atSpeed(pieces, bytesPerSecond, controller.signal);
}

/** The reset comes before the pieces are let go of: Node.js ends the connection in order when they are not read to the end. */
async function* resetAfter({ raw: { socket } }: FastifyRequest, bytes: number, pieces: Pieces): Pieces {
  let left = bytes;
  for await (const piece of pieces) {
    yield piece.subarray(0, left);
    left = Math.max(0, left - piece.byteLength);
    if (left === 0) await gone(socket);
  }
  await gone(socket);
}

/** Resets a connection. Throws once it is no more, so that what is left of the request finds nobody to answer to. */
async function gone(socket: Socket): Promise<never> {
  resetConnection(socket);
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  throw Object.assign(new Error("The connection was reset by a fault"), { code: "ECONNRESET" });
}
