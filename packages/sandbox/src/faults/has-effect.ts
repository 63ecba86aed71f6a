import type { FastifyReply, FastifyRequest } from "fastify";
import { bearsOnBody } from "./can-happen.ts";
import type { HardFault } from "./read-fault.ts";
import { bytesOfPayload, type Payload } from "./payload.ts";

/** A request that got through to its answer, which is about to be sent. */
interface Answering {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly payload: Payload;
}

/** Statuses whose answers end with their head, whatever their routes send. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304]);

/**
 * Whether a fault has changed what became of a request, or still does. What has no effect is no hit: a fault of the
 * answer's body where there is none, a byte behind its end, a redirect of a refusal.
 */
export function hasEffect(fault: HardFault, { request, reply, payload }: Answering): boolean {
  const mayHaveBody = !WITHOUT_BODY.has(reply.statusCode);
  const bodyBytes = mayHaveBody ? bytesOfPayload(payload, reply) : 0;
  switch (fault.kind) {
    case "redirect":
      return reply.statusCode === 200 || reply.statusCode === 206;
    case "withhold":
      return reply.statusCode === 308 && reply.hasHeader("range");
    case "partialPersist":
      return reply.statusCode === 308;
    case "flipByte":
      return bodyBytes > (fault.atByte ?? 0);
    case "wrongLength":
      return mayHaveBody && (bodyBytes > 0 || (fault.byBytes ?? 1) > 0);
    case "truncate":
      return bodyBytes > 0;
    case "stall":
      return fault.afterBytes === undefined || bodyBytes > 0;
    case "slow":
      // A request that was refused for its head alone is not read.
      return bearsOnBody(fault) ? request.raw.readableDidRead : bodyBytes > 0;
    case "reset":
      return bearsOnBody(fault) ? request.raw.socket.destroyed : bodyBytes > 0;
    case "status":
    case "html":
    case "never":
    case "lostAnswer":
      return true;
  }
}
