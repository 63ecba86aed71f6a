import type { FastifyReply, FastifyRequest } from "fastify";
import {
  type Admission,
  fingerprintOf,
  type Identity,
  ofAddress,
  ofPrincipal,
  type Principal,
  type RateSubject,
  requireAdmission,
} from "../../identity/index.ts";
import { rateLimitHeaders } from "./rate-limit-headers.ts";

/** Settles who may ask now. Both throw `rate_limited`. */
export interface RequestCounter {
  /** Counts a request that needs no credential, with all others of its address. */
  countStranger(request: FastifyRequest, reply: FastifyReply): void;
  /**
   * Who is asking, or null. Without a valid credential the request is counted with its address, with one with its
   * principal; beyond the quota it is refused before the database is asked. A credential that was valid a moment ago is not
   * refused for what its neighbours do.
   */
  whoIsAsking(request: FastifyRequest, reply: FastifyReply): Promise<Principal | null>;
}

/** Counts requests by the limit RATE_LIMIT_REQUESTS, and tells of it in the reply. */
export function createRequestCounter({ identity }: { readonly identity: Identity }): RequestCounter {
  const { rateLimits, known } = identity;

  function count(reply: FastifyReply, subject: RateSubject): Admission | null {
    const admission = rateLimits.take("requests", subject);
    if (admission !== null) void reply.headers(rateLimitHeaders(admission));
    requireAdmission(admission);
    return admission;
  }

  return {
    countStranger: (request, reply) => void count(reply, ofAddress(request.ip)),
    async whoIsAsking(request, reply) {
      const address = ofAddress(request.ip);
      const fingerprint = fingerprintOf(request.headers);
      const expected = fingerprint === null ? null : known.find(fingerprint);
      const admission = count(reply, expected ?? address);
      if (fingerprint === null) return null;
      const principal = await identity.authenticate(request.headers).catch((error: unknown) => {
        admission?.giveBack();
        throw error;
      });
      const subject = principal === null ? address : ofPrincipal(principal);
      if (principal === null) known.forget(fingerprint);
      else known.remember(fingerprint, subject);
      const isCountedRight = (principal === null) === (expected === null);
      if (isCountedRight) return principal;
      // In this order, so that who is beyond their quota is counted with their address, and not looked up for ever.
      count(reply, subject);
      admission?.giveBack();
      return principal;
    },
  };
}
