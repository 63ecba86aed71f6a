import type { FastifyInstance } from "fastify";
import { clientGone, ControlError } from "./control-error.ts";
import { NotThereError } from "./not-there-error.ts";

/**
 * Makes every failure of the routes in this scope an answer of the control API. What should not have happened is written
 * to standard error, for whoever mends the sandbox.
 */
export function handleControlErrors(scope: FastifyInstance): void {
  scope.setErrorHandler((error, _request, reply) => {
    const known = asControlError(error);
    if (known.status === 500) console.error(error);
    return reply.code(known.status).send(known.toBody());
  });
}

function asControlError(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof NotThereError) return new ControlError({ status: 404, ...partsOf(error) });
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ECONNRESET":
      return clientGone();
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new ControlError({
        status: 415,
        code: "unsupported_media_type",
        message: "A body has to be JSON, with content-type: application/json.",
      });
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new ControlError({
        status: 413,
        code: "too_large",
        message: "The body is too large. Files of any size can be made with sizeBytes.",
      });
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return new ControlError({
        status: 400,
        code: "invalid_body",
        message: "The body is not as long as its content-length says.",
      });
    default:
      return new ControlError({ status: 500, code: "internal", message: "The sandbox has failed." });
  }
}

function partsOf({ code, message, field }: NotThereError) {
  return { code, message, field };
}
