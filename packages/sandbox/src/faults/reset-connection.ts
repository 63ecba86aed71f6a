import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** Breaks a connection off with a reset. Node.js cannot reset one with TLS; there it ends without the closing alert. */
export function resetConnection(socket: Socket | null): void {
  if (socket === null || socket.destroyed) return;
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
