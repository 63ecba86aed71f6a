import type { FastifyRequest } from "fastify";

/** The address that the connection of a request came to, as it stands in a Host header. */
export function localAddressOf({ socket }: FastifyRequest): string {
  const address = (socket.localAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
  return address.includes(":") ? `[${address}]` : address;
}
