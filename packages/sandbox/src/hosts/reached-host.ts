import type { FastifyRequest } from "fastify";
import { localAddressOf } from "./local-address.ts";

/**
 * Host and port under which a client reaches the sandbox: what its Host header says, or else, as clients of HTTP/1.0
 * need to send none, the address that the connection came to.
 */
export function reachedHost(request: FastifyRequest): string {
  return request.headers.host ?? `${localAddressOf(request)}:${request.socket.localPort}`;
}
