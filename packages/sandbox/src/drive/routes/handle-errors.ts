import type { FastifyInstance } from "fastify";
import { badRequest, clientClosedRequest, DriveError, internalError } from "../errors.ts";
import { sendJson } from "./call.ts";

/**
 * Makes every failure of the routes in this scope an answer of Drive: the envelope, pretty unless asked otherwise. What
 * should not have happened is written to standard error, for whoever mends the sandbox.
 */
export function handleErrors(scope: FastifyInstance): void {
  scope.setErrorHandler((error, request, reply) => {
    const known = asDriveError(error);
    if (!(error instanceof DriveError) && known.code >= 500) console.error(error);
    return sendJson(request, reply.code(known.code).headers(known.headers), known.toEnvelope());
  });
}

function asDriveError(error: unknown): DriveError {
  if (error instanceof DriveError) return error;
  if (error instanceof Error && "code" in error && error.code === "ECONNRESET") return clientClosedRequest();
  const statusCode = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  return typeof statusCode === "number" && statusCode < 500 ? badRequest("Bad Request") : internalError();
}
