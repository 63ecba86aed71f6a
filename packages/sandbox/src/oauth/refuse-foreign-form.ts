import type { FastifyRequest } from "fastify";
import { OAuthError } from "./oauth-error.ts";

/**
 * A browser says where a form was sent from; only the sandbox's own pages may answer for a person.
 *
 * @throws OAuthError invalid_request (403)
 */
export function refuseForeignForm(request: FastifyRequest): void {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") {
    const description = "The answer did not come from the page that asks.";
    throw new OAuthError({ status: 403, error: "invalid_request", description });
  }
}
