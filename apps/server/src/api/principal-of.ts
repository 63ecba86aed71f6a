import type { FastifyRequest } from "fastify";
import type { Principal } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";

/**
 * The principal of a request to a route that is not public.
 * @throws {DrivewayError} `unauthenticated` if the route was public after all
 */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null)
    throw new DrivewayError("unauthenticated", "Sign in, or send an API key or a JWT.");
  return request.principal;
}
