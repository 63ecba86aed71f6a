import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/** The body of an answer on its way out, as Fastify has it. */
export type Payload = string | Buffer | Readable | null | undefined;

/** How long the body of an answer is; Infinity when nobody has said so. */
export function bytesOfPayload(payload: Payload, reply: FastifyReply): number {
  if (typeof payload === "string") return Buffer.byteLength(payload);
  if (Buffer.isBuffer(payload)) return payload.byteLength;
  if (!(payload instanceof Readable)) return 0;
  const stated = Number(reply.getHeader("content-length"));
  return Number.isSafeInteger(stated) ? stated : Number.POSITIVE_INFINITY;
}
